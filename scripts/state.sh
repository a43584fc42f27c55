#!/bin/sh
# What compose.env remembers of this server, read and changed in one way. Sourced by those who name the file: $state.
set -eu
: "${state:?the file}"
of() { sed -n "s/^$1=//p" "$state" | tail -n 1; }
set_state() { # NAME VALUE ...: all at once or not at all; one without a value goes
    cp "$state" "$state.new"
    while [ $# -gt 0 ]; do
        sed -i "/^$1=/d" "$state.new"
        [ -z "$2" ] || echo "$1=$2" >> "$state.new"
        shift 2
    done
    mv "$state.new" "$state"
}
