#!/bin/bash
# Prints commands.txt: the builtins and the commands of the image that this runs
# in.
#
#   nsbox exec --no-heal --lang bash generate.sh > commands.txt
set -eu
{
	compgen -b
	for dir in /bin /usr/bin /sbin /usr/sbin; do
		(cd "$dir" && ls)
	done
} | LC_ALL=C grep -E '^[a-z][a-z0-9._+-]*$' | LC_ALL=C grep -vE '^(deb|dpkg|apt|perl|update-|x86_64|linux|vi[grpw])' | LC_ALL=C sort -u
