#!/bin/sh
# What compose.env remembers of this server, read and changed in one way. Sourced by those who name the file: $state.
set -eu
: "${state:?the file}"
of() { sed -n "s/^$1=//p" "$state" 2> /dev/null | tail -n 1; } # nothing, too, where there is no such file yet
set_state() { # NAME VALUE ...: all at once or not at all; one without a value goes, what is so already stays where it is
    cp -p "$state" "$state.new"
    while [ $# -gt 0 ]; do
        [ "$(of "$1")" = "$2" ] || {
            sed -i "/^$1=/d" "$state.new"
            [ -z "$2" ] || echo "$1=$2" >> "$state.new"
        }
        shift 2
    done
    mv "$state.new" "$state"
}
add_word() { # NAME WORD: one more, unless it is among them
    case " $(of "$1") " in *" $2 "*) ;; *) set_state "$1" "$(echo "$(of "$1") $2" | sed 's/^ //')" ;; esac
}
