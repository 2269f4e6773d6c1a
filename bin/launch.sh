# Sourced by the commands beside it:  launch NAME MODULE MAIN_CLASS SOURCE_DIRS JVM_FLAGS -- ARGUMENTS...
#
# Builds MODULE when a source is newer than the last build, then becomes the Java program. A build's classes are copied
# aside (target/bin/NAME/<number>), so a program that runs for days keeps the classes it was started with while the
# sources move on. Where nothing changed no Maven starts, and the cost is one `find`.
#
# A caller may set `profile` to a Maven profile that the build needs.
#
# Honoured: JAVA_HOME, and <NAME>_JAVA_OPTS (AVF_JAVA_OPTS, MACENV_JAVA_OPTS) for further flags of the virtual machine.

fail() {
    printf '%s: %s\n' "$name" "$*" >&2
    exit 2
}

say() {
    printf '%s: %s\n' "$name" "$*" >&2
}

# The commands resolve symbolic links before they source this file.
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

java_advice="install a JDK 17 or newer (Debian: apt install openjdk-17-jdk-headless), or set JAVA_HOME to one"

# Sets java, java_home and java_release (17, 25, ...), without starting a virtual machine where the JDK's release file tells.
find_java() {
    local version
    if [ -n "${JAVA_HOME:-}" ]; then
        java_home=$JAVA_HOME
        java=$java_home/bin/java
        [ -x "$java" ] || fail "JAVA_HOME: $JAVA_HOME (expected: a directory with bin/java); $java_advice"
    else
        java=$(command -v java) || fail "no java found; $java_advice"
        java_home=$(dirname "$(dirname "$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")")")
    fi
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$java_home/release" 2>/dev/null) || version=
    [ -n "$version" ] || version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
    java_release=${version%%[!0-9]*}
    [ "${java_release:-0}" -ge 17 ] || fail "Java: ${version:-unknown} at $java (expected: 17 or newer); $java_advice"
}

find_build_tools() {
    [ -x "$java_home/bin/javac" ] || fail "javac: not in $java_home/bin (expected: a JDK, not a runtime alone); $java_advice"
    command -v mvn >/dev/null || fail "no mvn found; install Maven 3.8.7 or newer (Debian: apt install maven)"
}

# Whether $state/class-path describes a build of the present sources, of this directory, with all its libraries there.
up_to_date() {
    local newer entry entries
    [ -f "$state/class-path" ] && [ -f "$state/stamp" ] || return 1
    newer=$(cd "$root" && find pom.xml "${sources[@]}" -newer "$state/stamp" -print 2>/dev/null | head -n 1)
    [ -z "$newer" ] || return 1
    class_path=$(cat "$state/class-path")
    case $class_path in "$state"/*) ;; *) return 1 ;; esac
    IFS=: read -r -a entries <<<"$class_path"
    for entry in "${entries[@]}"; do
        [ -e "$entry" ] || return 1
    done
}

build() {
    local log=$state/build.log number entry entries copied=
    find_build_tools
    say "building $module and what it needs; the first time downloads its libraries (log: $log)"
    touch "$state/stamp.new"
    if ! (cd "$root" && mvn -B -Dstyle.color=never -Dchecks.skip=true -Dlaunch ${profile:+-P"$profile"} -pl "$module" -am process-classes) \
        </dev/null >"$log" 2>&1 9>&-; then
        # Maven's own advice begins at the mark "-> [Help 1]".
        sed -n -e 's/ -> \[Help 1\]$//' -e '/^\[ERROR\] *$/q' -e '/^\[ERROR\]/p' "$log" | head -n 20 >&2
        fail "the build failed; the whole log: $log"
    fi

    number=$(date +%s)-$$
    IFS=: read -r -a entries <<<"$root/$module/target/quick/classes:$(cat "$root/$module/target/quick/class-path")"
    for entry in "${entries[@]}"; do
        case $entry in
            "$root"/*/target/quick/classes)
                entry=${entry#"$root"/}
                entry=${entry%/target/quick/classes}
                [ -d "$root/$entry/target/quick/classes" ] || continue
                mkdir -p "$state/$number"
                cp -R "$root/$entry/target/quick/classes" "$state/$number/$entry"
                entry=$state/$number/$entry
                ;;
        esac
        copied=$copied${copied:+:}$entry
    done
    printf '%s\n' "$copied" >"$state/class-path.new"
    mv "$state/class-path.new" "$state/class-path"
    mv "$state/stamp.new" "$state/stamp"
    # Programs started from older copies may still run; a month is longer than any of ours.
    find "$state" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} + 2>/dev/null || true
}

# One build at a time; the others wait for it and use its result.
build_once() {
    mkdir -p "$state"
    if command -v flock >/dev/null; then
        exec 9>"$root/target/bin/lock"
        flock -n 9 || { say "waiting for another build in this directory" && flock 9; }
    fi
    up_to_date || build
    exec 9>&-
    up_to_date || fail "the build left an incomplete class path; the log: $state/build.log"
}

launch() {
    name=$1 module=$2
    local main=$3 flags options opts_variable
    read -r -a sources <<<"$4"
    read -r -a flags <<<"$5"
    shift 6
    find_java
    state=$root/target/bin/$name
    up_to_date || build_once

    if [ "$java_release" -ge 23 ]; then
        # JavaCPP loads natives, Netty and protobuf use Unsafe; newer JDKs warn about both unless told that it is meant.
        flags+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
    fi
    opts_variable=$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')_JAVA_OPTS
    read -r -a options <<<"${!opts_variable:-}"
    exec "$java" -XX:-UsePerfData -Djava.awt.headless=true -Dfile.encoding=UTF-8 "-Dmacenv.home=$root" \
        ${flags[@]+"${flags[@]}"} ${options[@]+"${options[@]}"} -cp "$class_path" "$main" "$@"
}
