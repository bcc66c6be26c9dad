/**
 * Ends all that an order began: its session, and whoever carries its mark in the environment, until none is left.
 * `$h` is the order's mark, `$sid` its session, empty where it is not to be told by that.
 */
const FELL = `
marked() {
  { read -r st <"$1/stat"; } 2>/dev/null || return 1
  st=\${st##*) }
  set -- "$1" $st
  [ "$2" = Z ] && return 1
  [ -n "$sid" ] && [ "$5" = "$sid" ] && return 0
  { tr '\\000' '\\n' <"$1/environ"; } 2>/dev/null | grep -qx "THALASSA_ORDER=$h"
}
fell() {
  rounds=0
  while [ "$rounds" -lt 100 ]; do
    found=
    for p in /proc/[0-9]*; do
      [ "$p" = "/proc/$$" ] && continue
      marked "$p" || continue
      found=1
      kill -KILL "\${p#/proc/}" 2>/dev/null
    done
    [ -n "$found" ] || return 0
    rounds=$((rounds + 1))
    sleep 0.05
  done
}
session() {
  sid=
  { read -r sid <"$root/x/$h/session"; } 2>/dev/null
}
`;

/** Whether what keeps an order's program, whose folder is `$d`, is there; its number alone may be another's by now. */
const ALIVE = `
alive() {
  { read -r pid began <"$d/keeper"; } 2>/dev/null || return 1
  { tr '\\000' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF "$h"
}
`;

/**
 * Runs one order's program, once however often it is begun: making its folder is the mark. What the program writes beyond
 * the bound is counted and thrown away, so that it neither fills the memory nor is ended by a closed pipe. Its exit code is
 * put down whole, in room that was taken before, for the memory may be full by then. What the program leaves running in good order goes on.
 * Arguments: journal, boot, order, folder, limit in seconds, bound in blocks of 512 bytes, orders whose output is not wanted
 * any more, variables, program.
 */
export const KEEP = `
root=$1 boot=$2 h=$3 cwd=$4 limit=$5 blocks=$6 old=$7 vars=$8
shift 8
mask=$(umask)
umask 077
[ "$(cat "$root/boot" 2>/dev/null)" = "$boot" ] || exit 0
for each in $old; do rm -f "$root/x/$each/out" "$root/x/$each/err"; done
d=$root/x/$h
mkdir "$d" 2>/dev/null || exit 0
cd "$d" || exit 1
[ -z "$vars" ] || export $vars
read -r began rest </proc/uptime
echo "$$ $began" >.keeper
printf '%-60s\\n' ' ' >.end
mkfifo o e
mv .keeper keeper
umask "$mask"
${FELL}
take() {
  (trap '' XFSZ; ulimit -c 0; ulimit -f "$blocks"; exec dd bs=8192 of="$1") 2>/dev/null
  wc -c >"$1.rest"
}
child=
if [ -e "$root/k/$h" ]; then
  code=137
else
  take out <o &
  take err <e &
  leader=$(command -v setsid)
  THALASSA_ORDER=$h \${leader:+setsid} sh -c '
    echo $$ >"$1/.session" && mv "$1/.session" "$1/session"
    cd "$2" || exit 1
    unset OLDPWD
    shift 2
    exec "$@"' sh "$d" "$cwd" "$@" >o 2>e </dev/null &
  child=$!
  (
    trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    THALASSA_ORDER=$h sleep "$limit" &
    nap=$!
    wait "$nap" || exit 0
    : >timed
    session
    fell
  ) </dev/null >/dev/null 2>&1 &
  watch=$!
  [ -e "$root/k/$h" ] && session && fell
  wait "$child"
  code=$?
  kill -TERM "$watch" 2>/dev/null
fi
how=ended
[ -e timed ] && how=timed-out
[ -e "$root/k/$h" ] && how=killed
if [ "$how" != ended ]; then session; fell; fi
waits=0
while [ -n "$child" ] && [ "$waits" -lt 25 ] && { [ ! -s out.rest ] || [ ! -s err.rest ]; }; do
  waits=$((waits + 1))
  sleep 0.02
done
read -r ended rest </proc/uptime
printf '%-60s\\n' "$how $code $ended" 1<>.end
mv .end end
`;

/**
 * Puts a keeper behind itself, in a session of its own and without the mark of the run that brought it, so that it outlives
 * that; and looks how its program stands. Arguments: the two scripts, nine words for the look, the rest for the keeper.
 */
export const BEGIN = `
keep=$1 follow=$2
shift 2
root=$1 boot=$2 h=$3 o=$4 e=$5 most=$6 looks=$7 first=$8 last=$9
shift 9
leader=$(command -v setsid)
env -u THALASSA_RUN \${leader:+setsid} sh -c "$keep" thalassa "$@" </dev/null >/dev/null 2>&1 &
exec sh -c "$follow" thalassa "$root" "$boot" "$h" "$o" "$e" "$most" "$looks" "$first" "$last"
`;

/**
 * Ends an order's program, and all that it began; one that has not begun will not. Arguments: journal, order.
 * What has ended by itself is told by its mark alone: its session's number may be another's by now.
 */
export const KILL = `
root=$1 h=$2
d=$root/x/$h
mkdir -p "$root/k"
: >"$root/k/$h"
${FELL}
${ALIVE}
turns=0
while [ "$turns" -lt 100 ]; do
  sid=
  [ -e "$d/end" ] || session
  fell
  [ -d "$d" ] || exit 0
  [ -e "$d/end" ] && exit 0
  [ -e "$d/keeper" ] && ! alive && exit 0
  turns=$((turns + 1))
  sleep 0.05
done
`;

/**
 * Tells how an order's program stands and what it wrote since, as soon as there is something to tell or a while has passed.
 * Arguments: journal, boot, order, bytes of either output that are known, most bytes to give of each, how often to look, bytes
 * to give of the beginning and of the end of each output once it has ended.
 * Gives a line: state, began, how, code, ended, and of each output: bytes kept, bytes thrown away, where what follows begins,
 * how long it is, how long the beginning and the end are; and then those bytes.
 */
export const FOLLOW = `
root=$1 boot=$2 h=$3 o=$4 e=$5 most=$6 looks=$7 first=$8 last=$9
d=$root/x/$h
${ALIVE}size() { if [ -f "$1" ]; then wc -c <"$1"; else echo 0; fi; }
look() {
  began=0
  if [ "$(cat "$root/boot" 2>/dev/null)" != "$boot" ]; then state=lost; return; fi
  if [ ! -d "$d" ]; then state=none; return; fi
  if [ -f "$d/end" ]; then state=ended; return; fi
  if [ ! -f "$d/keeper" ]; then state=begun; return; fi
  if alive; then state=running; return; fi
  if [ -f "$d/end" ]; then state=ended; else state=dead; fi
}
n=0 grown=0
while :; do
  look
  os=$(size "$d/out") es=$(size "$d/err")
  case $state in running|none|begun) ;; *) break ;; esac
  # Most of what writes ends a moment later: one look more is cheaper than another run.
  if [ "$os" -gt "$o" ] || [ "$es" -gt "$e" ]; then grown=$((grown + 1)); fi
  [ "$grown" -lt 5 ] && [ "$n" -lt "$looks" ] || break
  n=$((n + 1))
  if [ "$n" -lt 10 ] || [ "$grown" -gt 0 ]; then sleep 0.02; else sleep 0.2; fi
done
how=- code=- ended=0
{ read -r pid began <"$d/keeper"; } 2>/dev/null
[ "$state" = ended ] && read -r how code ended <"$d/end"
orest=0 erest=0
[ -s "$d/out.rest" ] && read -r orest <"$d/out.rest"
[ -s "$d/err.rest" ] && read -r erest <"$d/err.rest"
part() {
  from=$2
  [ $((from + most * 2)) -lt "$1" ] && from=$(($1 - most))
  [ "$from" -gt "$1" ] && from=$1
  len=$(($1 - from))
  [ "$len" -gt "$most" ] && len=$most
  a=0 z=0
  case $state in ended|dead)
    a=$1 z=$1
    [ "$a" -gt "$first" ] && a=$first
    [ "$z" -gt "$last" ] && z=$last ;;
  esac
}
part "$os" "$o"; ofrom=$from olen=$len oa=$a oz=$z
part "$es" "$e"; efrom=$from elen=$len ea=$a ez=$z
echo "$state $began $how $code $ended $os $orest $ofrom $olen $oa $oz $es $erest $efrom $elen $ea $ez"
give() {
  [ "$3" -gt 0 ] && tail -c "+$(($2 + 1))" "$1" | head -c "$3"
  [ "$4" -gt 0 ] && head -c "$4" "$1"
  [ "$5" -gt 0 ] && head -c "$6" "$1" | tail -c "$5"
}
give "$d/out" "$ofrom" "$olen" "$oa" "$oz" "$os"
give "$d/err" "$efrom" "$elen" "$ea" "$ez" "$es"
exit 0
`;

/** Names this life of an environment, once; gives the name. Arguments: journal, the name. */
export const BOOT = `
umask 077
mkdir -p "$1/x" "$1/k" "$1/f" || exit 1
echo "$2" >"$1/.$2" || exit 1
ln "$1/.$2" "$1/boot" 2>/dev/null
rm -f "$1/.$2"
cat "$1/boot"
`;
