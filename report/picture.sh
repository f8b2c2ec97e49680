#!/usr/bin/env bash
# report/picture.sh DIR FILE.png: the picture of the page that `./kos report -o DIR` has written: calls on a screen in light, sizes on a phone in dark.
# docs/report.png is made so. Needs chromium.
set -eu
[ $# = 2 ] && [ -f "$1/index.html" ] || { echo "usage: report/picture.sh DIR FILE.png (DIR: from ./kos report -o DIR)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Chromium has one colour scheme for all of a window, so the phone's copy of the page gets the dark one's rules as its own.
cp "$1/index.html" "$work/light.html"
sed 's/@media *(prefers-color-scheme: *dark)/@media all/' "$1/index.html" >"$work/dark.html"
cat >"$work/picture.html" <<'PAGE'
<!doctype html><meta charset="utf-8">
<style>
body { margin: 0; background: #808690; }
div { position: absolute; top: 12px; height: 760px; overflow: hidden; border-radius: 8px; }
iframe { width: 100%; height: 100%; border: 0; }
</style>
<div style="left: 12px; width: 760px"><iframe scrolling="no" src="light.html#ipc"></iframe></div>
<div style="left: 784px; width: 390px"><iframe scrolling="no" src="dark.html#size"></iframe></div>
PAGE
HOME=$work timeout -k 5 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files \
    --user-data-dir="$work/profile" --blink-settings=preferredColorScheme=1 --virtual-time-budget=5000 --window-size=1186,784 \
    --screenshot="$work/picture.png" "file://$work/picture.html" 2>"$work/chromium.log" || { tail -3 "$work/chromium.log" >&2; exit 1; }
mv "$work/picture.png" "$2"
