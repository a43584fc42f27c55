#!/bin/sh
# What compose.env remembers of this server, read and changed in one way. Sourced by those who name the file: $state.
set -eu
: "${state:?the file}"
of() { sed -n "s/^$1=//p" "$state" 2> /dev/null | tail -n 1; } # nothing, too, where there is no such file yet
alone() { # COMMAND: while no other script changes what is in that folder
    # Apart: whose trap changes it back does not wait for itself. Nothing is put in place after something failed.
    (set -e && flock 7 && "$@") 7< "${state%/*}"
}
set_state() { alone change "$@"; } # NAME VALUE ...: all at once or not at all; one without a value goes
add_word() { alone add "$@"; } # NAME WORD: one more, unless it is among them
change() { # what is so already stays where it is
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
add() {
    case " $(of "$1") " in *" $2 "*) ;; *) change "$1" "$(echo "$(of "$1") $2" | sed 's/^ //')" ;; esac
}
