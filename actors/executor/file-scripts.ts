/** With what a script of ours ends where it cannot do what it should; no shell ends so by itself. */
export const ENDS = {
  outside: 40,
  absent: 41,
  folder: 42,
  special: 43,
  broken: 44,
  binary: 45,
  unwritten: 46,
  large: 47,
  file: 48,
} as const;

/** Sets `$r` to where a path leads, links and all, whether there is anything or not yet. `$1` is the workspace, `$2` the path. */
const REAL = `
ws=$(readlink -f "$1") || exit ${ENDS.broken}
p=$2 rest=
while [ ! -e "$p" ] && [ ! -L "$p" ]; do
  rest="/\${p##*/}$rest"
  p=\${p%/*}
  [ -n "$p" ] || p=/
done
r=$(readlink -f "$p" && echo .) || exit ${ENDS.absent}
r=\${r%??}$rest
case $r/ in "$ws"/*) ;; *) exit ${ENDS.outside} ;; esac
`;

const A_FILE = `
[ -d "$r" ] && exit ${ENDS.folder}
[ -e "$r" ] || exit ${ENDS.absent}
[ -f "$r" ] || exit ${ENDS.special}
`;

/** Gives how many lines and bytes a text has, a line feed, and some of its lines. Arguments: workspace, path, from, lines, most bytes. */
export const READ = `${REAL}${A_FILE}
n=$(head -c 8192 "$r" | wc -c)
m=$(head -c 8192 "$r" | tr -d '\\000' | wc -c)
if [ "$n" -ne "$m" ]; then wc -c <"$r"; exit ${ENDS.binary}; fi
lines=$(wc -l <"$r")
[ -n "$(tail -c 1 "$r")" ] && lines=$((lines + 1))
bytes=$(wc -c <"$r") || exit 1
echo $lines $bytes
tail -n "+$3" "$r" | head -n "$4" | head -c "$5"
exit 0
`;

/** Gives a whole file. Arguments: workspace, path, most bytes. */
export const TAKE = `${REAL}${A_FILE}
bytes=$(wc -c <"$r") || exit 1
if [ "$bytes" -gt "$3" ]; then echo "$bytes"; exit ${ENDS.large}; fi
cat "$r"
`;

/**
 * Writes what comes in to a file, which is the old one or the new one at any moment. Arguments: workspace, path, a name for what is not done yet,
 * the journal, and what to put down there before, if anything.
 */
export const WRITE = `${REAL}
[ -d "$r" ] && exit ${ENDS.folder}
[ -e "$r" ] && [ ! -f "$r" ] && exit ${ENDS.special}
mkdir -p "\${r%/*}" || exit 1
t=\${r%/*}/.thalassa-$3
cat >"$t" || { rm -f "$t"; exit ${ENDS.unwritten}; }
[ -x "$r" ] && chmod +x "$t"
if [ -n "$5" ]; then mkdir -p "$4/f" && echo "$5" >"$4/f/$3" || { rm -f "$t"; exit ${ENDS.unwritten}; }; fi
mv -f "$t" "$r"
`;

/** Gives what was put down in the journal before a file was written. Arguments: the journal, the name. */
export const PLAN = 'cat "$1/f/$2" 2>/dev/null; exit 0';

/** Gives the names below a folder. Arguments: workspace, path, depth, most names. */
export const LIST = `${REAL}
[ -e "$r" ] || exit ${ENDS.absent}
[ -d "$r" ] || exit ${ENDS.file}
cd "$r" || exit 1
find . -mindepth 1 -maxdepth "$3" \\( -name .git -o -name node_modules \\) -prune -print -o -print 2>/dev/null |
  head -n "$4" | while IFS= read -r f; do
    if [ -d "$f" ]; then echo "\${f#./}/"; else echo "\${f#./}"; fi
  done
exit 0
`;

/** Gives the lines with a text. Arguments: workspace, path, text, most lines, most bytes. */
export const SEARCH = `${REAL}
[ -e "$r" ] || exit ${ENDS.absent}
if [ -d "$r" ]; then cd "$r" || exit 1; set -- "$1" . "$3" "$4" "$5"; else set -- "$1" "$r" "$3" "$4" "$5"; fi
find "$2" \\( -name .git -o -name node_modules \\) -prune -o -type f -size -8192 -exec grep -nHIF -e "$3" -- {} + 2>/dev/null |
  head -n "$4" | head -c "$5"
exit 0
`;
