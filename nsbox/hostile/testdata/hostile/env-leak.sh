# nsbox:class: environment
# nsbox:expect: contained
# nsbox:cve: CVE-2016-9962
# nsbox:why: The environment is the language's and the request's; nothing of the helper's, the daemon's or the caller's is in it.
. /workspace/probe.sh
while IFS= read -r -d '' entry; do
    case ${entry%%=*} in
    PATH | HOME | LANG | TMPDIR | NSBOX_SUITE | PWD | OLDPWD | SHLVL | _ | TERM | USER | LOGNAME | LC_ALL) ;;
    *) escaped "the environment has ${entry%%=*}" ;;
    esac
done </proc/self/environ
[ "$HOME" = /tmp ] || escaped "HOME is $HOME"
case $PATH in */tmp* | *root* | *.* | *home*) escaped "PATH is $PATH" ;; esac
contained "the environment is clean"
