#!/bin/sh
# Brings the catalogues of src/biologidex/locale up to date with the words of pages and code, and compiles them.
# Translators fill in what is empty; a test holds every language complete.
set -eu
cd "$(dirname "$0")/../src/biologidex"
BIOLOGIDEX_DATA_DIR=$(mktemp -d)
export BIOLOGIDEX_DATA_DIR
trap 'rm -rf "$BIOLOGIDEX_DATA_DIR"' EXIT
command -v xgettext > /dev/null || { echo "As root: apt install gettext"; exit 1; }
for language in de es fr pt; do
    biologidex makemessages --locale "$language" --no-location --no-obsolete --no-wrap --verbosity 0
    file=locale/$language/LC_MESSAGES/django.po
    # When it was made says nothing that the history does not, and conflicts whenever two people do it.
    sed -i -e '/^"POT-Creation-Date:/d' -e '/^"PO-Revision-Date:/d' -e '/^"Report-Msgid-Bugs-To:/d' "$file"
    msgfmt --check --statistics -o "${file%.po}.mo" "$file"
done
