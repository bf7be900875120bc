# nsbox:class: environment
# nsbox:expect: contained
# nsbox:cve: CVE-2025-23266, CVE-2019-14271
# nsbox:env: BASH_ENV=/workspace/env-preload.sh ENV=/workspace/env-preload.sh LD_PRELOAD=/workspace/evil.so LD_LIBRARY_PATH=/workspace GCONV_PATH=/workspace GLIBC_TUNABLES=glibc.malloc.check=3 PYTHONSTARTUP=/workspace/env-preload.sh
# nsbox:artifacts: any
# nsbox:why: Variables that make a program run other code are honoured by the program alone: whoever reads this file has no privilege.
uid=$(id -u 2>/dev/null)
caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status 2>/dev/null)
nnp=$(sed -n 's/^NoNewPrivs:\t//p' /proc/self/status 2>/dev/null)
if [ "$uid" = 0 ] || [ "$caps" != 0000000000000000 ] || [ "$nnp" != 1 ]; then
    echo "ESCAPED code ran as uid $uid with capabilities $caps"
    exit 99
fi
[ "${BASH_SOURCE[0]}" = "$0" ] && echo "CONTAINED code ran as uid $uid only"
