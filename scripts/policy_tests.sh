# SPDX-License-Identifier: Apache-2.0
# Tests of ./kos policy and of the examples' policies: sourced by scripts/test.sh.

policy_command_tests() {
    for example in hello echo audit ping mic; do printf 'policy/tests/%s\tpolicy_tests_pass %s\n' $example $example; done
    for arch in x86_64 aarch64; do for example in echo audit ping mic; do printf 'policy/guest/%s/%s\tpolicy_guest_tests %s %s\n' $example $arch $example $arch; done; done
    for arch in x86_64 aarch64; do
        for file in base pred bool math struct regex hashset staticmap flow mic events; do printf 'policy/guest_models/%s/%s\tpolicy_guest_models %s %s\n' $file $arch $file $arch; done
    done
    printf 'policy/mute/x86_64\tpolicy_mute x86_64\npolicy/mute/aarch64\tpolicy_mute aarch64\n'
    printf 'policy/failing\tpolicy_failing\npolicy/check\tpolicy_check\npolicy/explain\tpolicy_explain\npolicy/words\tpolicy_words\n'
}

policy_tests_pass() { # EXAMPLE
    ./kos policy test "$1" >build/test/policy.$1 2>&1 && grep -qE '^[1-9][0-9]* tests, 0 failed$' build/test/policy.$1 ||
        { echo "expected tests, all passed, got:"; cat build/test/policy.$1; return 1; }
}

# The compiled tests in a kernel: as many as on the host; and one that fails there is told.
policy_guest_tests() { # EXAMPLE ARCH
    ./kos policy test "$1" >build/test/policy.$1 2>&1
    timeout -k 5 60 ./kos policy test "$1" --guest --arch "$2" >build/test/policy.$1.$2 2>&1 && cmp -s build/test/policy.$1 build/test/policy.$1.$2 ||
        { echo "expected (<), got (>):"; diff build/test/policy.$1 build/test/policy.$1.$2; return 1; }
    [ "$1" = ping ] || return 0
    to=build/test/policy_guest/ping
    rm -rf build/test/policy_guest; mkdir -p build/test/policy_guest
    cp -r examples/ping "$to"
    sed -i 's/speed <= 100)/speed <= 99)/' "$to/security.psl"
    status=0
    timeout -k 5 60 ./kos policy test "$to" --guest --arch "$2" >build/test/policy.$1.$2 2>&1 || status=$?
    [ $status = 1 ] && grep -q 'security.psl:.* / too fast, and what that leaves: expected granted, got denied' build/test/policy.$1.$2 ||
        { echo "expected exit status 1 and the case, got $status:"; cat build/test/policy.$1.$2; return 1; }
}

# Every rule and expression of every model, and every form of a test (short ones, setup, sequence, finally, assert), in a kernel.
policy_guest_models() { # FILE ARCH
    set -- "$1" "$2" tests/languages/psl/pal/"$1".psl -I tests/languages/psl/sources -I tests/languages/psl/pal
    name=$1 arch=$2
    shift 2
    ./kos policy test "$@" 2>/dev/null | tail -1 >build/test/policy.$name
    timeout -k 5 120 ./kos policy test "$@" --guest --arch "$arch" 2>/dev/null | tail -1 >build/test/policy.$name.$arch
    grep -qE '^[1-9][0-9]* tests, 0 failed$' build/test/policy.$name.$arch && cmp -s build/test/policy.$name build/test/policy.$name.$arch ||
        { echo "expected (<), got (>):"; diff build/test/policy.$name build/test/policy.$name.$arch; return 1; }
}

# An Einit that may call nothing is not started, and the kernel says why. Both halves of a call are needed.
policy_mute() { # ARCH
    to=build/test/policy_mute.$1/hello
    rm -rf "$(dirname "$to")"; mkdir -p "$(dirname "$to")"
    cp -r examples/hello "$to"
    for half in '' 'request dst=kl.core.Core { grant () }' 'response src=kl.core.Core { grant () }'; do
        { sed '/^\(request\|response\|error\|security\|execute \)/d' examples/hello/security.psl; echo 'execute { grant () }'; echo "$half"; } >"$to/security.psl"
        timeout -k 5 60 ./kos run "$to" --arch "$1" >build/test/policy.mute.$1 2>&1 || true
        grep -q 'kernel: the policy lets Einit call nothing: expected a rule' build/test/policy.mute.$1 && ! grep -q -i 'fault\|hello,' build/test/policy.mute.$1 ||
            { echo "with '$half': expected the kernel to say that Einit can call nothing, got:"; tail -5 build/test/policy.mute.$1; return 1; }
    done
}

# expect FILE: standard input is what FILE must hold.
expect() {
    cat >build/test/expected
    cmp -s build/test/expected "$1" || { echo "expected (<), got (>):"; diff build/test/expected "$1"; return 1; }
}

# A case that fails: where, what was expected, what came, and every rule that was called. The copy has its own folder.
policy_failing() {
    to=build/test/policy_failing/ping
    rm -rf build/test/policy_failing; mkdir -p build/test/policy_failing
    cp -r examples/ping "$to"
    sed -i 's/speed <= 100)/speed <= 99)/' "$to/security.psl"
    status=0
    ./kos policy test "$to" >build/test/policy.failing 2>&1 || status=$?
    [ $status = 1 ] || { echo "expected exit status 1, got $status"; return 1; }
    line=$(grep -n '"at the limit"' "$to/security.psl" | cut -d: -f1) rule=$(grep -n 'state : "right"' "$to/security.psl" | cut -d: -f1)
    head -3 build/test/policy.failing >build/test/policy.failing.head
    expect build/test/policy.failing.head <<TEXT || return 1
$to/security.psl:$line:9: a rally / too fast, and what that leaves "at the limit": expected grant, got deny
    $to/security.psl:$rule:5: rally.enter {sid : src_sid, state : "right"}: granted
    $to/security.psl:$((rule + 1)):5: assert (message.speed <= 99): denied
TEXT
    grep -qx '5 tests, 1 failed' build/test/policy.failing || { echo "expected one failed test, got:"; tail -1 build/test/policy.failing; return 1; }
    echo 'request src=ping.Lef { grant () }' >>"$to/security.psl"
    status=0
    ./kos policy check "$to" >build/test/policy.failing 2>&1 || status=$?
    [ $status = 1 ] && grep -q "error: .*'ping.Lef'" build/test/policy.failing && ! grep -q constant build/test/policy.failing ||
        { echo "expected exit status 1 and the error alone, got $status:"; cat build/test/policy.failing; return 1; }
}

policy_check() {
    ./kos policy check mic >build/test/policy.check 2>&1 || { cat build/test/policy.check; return 1; }
    sed -n -e 's/about [0-9]* instructions/about N instructions/' -e '/^request mic/,/^response/p' build/test/policy.check >build/test/policy.check.part
    expect build/test/policy.check.part <<'TEXT' || return 1
request mic.Valve actuator.Set
    from any: cached; reads SIDs, integrity; 1 rule, about N instructions; examples/mic/security.psl:36
request mic.Valve actuator.Get
    from any: cached; reads SIDs, integrity; 1 rule, about N instructions; examples/mic/security.psl:37
request mic.Guest wishes.Next
    from any: cached; reads SIDs, integrity; 1 rule, about N instructions; examples/mic/security.psl:38
response kl.core.Core every method
TEXT
    grep -qx '13 different decisions: 7 constant, 3 cached, 3 evaluated' build/test/policy.check || { echo "expected the sums, got:"; tail -2 build/test/policy.check; return 1; }
}

explain() { ./kos policy explain "$@" >>build/test/policy.explain 2>&1; }
policy_explain() {
    rm -f build/test/policy.explain
    explain ping request src=ping.Left dst=ping.Right endpoint=player.ball method=Hit number=1 speed=101 &&
        explain ping request src=ping.Right dst=ping.Left endpoint=player.ball method=Hit &&
        explain ping execute src=ping.Left dst=ping.Right &&
        explain tests/strangers/customs request src=customs.Tourist dst=customs.Officer endpoint=red method=Ask mode=3 &&
        explain echo request src=echo.Client dst=echo.Server endpoint=echoer.echo method=Say text=hello &&
        explain tests/strangers/hydro request src=acme.hydro.Panel dst=acme.hydro.Controller endpoint=plant.cluster.south.health method=Reset &&
        explain hello request src=hello.Hello dst=kl.core.Core endpoint=vmm.VMM method=Free || { cat build/test/policy.explain; return 1; }
    sed -i 's/psl:[0-9]*:/psl:N:/' build/test/policy.explain
    expect build/test/policy.explain <<'TEXT'
    examples/ping/security.psl:N:5: rally.enter {sid : src_sid, state : "right"}: granted
    examples/ping/security.psl:N:5: assert (message.speed <= 100): denied
denied
    examples/ping/security.psl:N:5: rally.enter {sid : dst_sid, state : "left"}: denied
    examples/ping/security.psl:N:5: assert (message.speed <= 100): granted
denied
    no rule was called
denied
    no rule was called
    tests/strangers/customs/policy/rules/gates.psl:N:1: this binding applies, but no rule in it does
denied
    examples/echo/security.psl:N:75: grant (): granted
granted
    no rule was called
    tests/strangers/hydro/einit/src/parts/panel.psl:N:1: this binding applies, but no rule in it does
denied
    examples/hello/security.psl:N:28: grant (): granted
granted
TEXT
}

policy_words() {
    for words in '' 'nonsense' 'check' 'check nowhere' 'test hello --nonsense' 'test hello --guest --arch vax' 'test hello --arch' 'explain hello' \
        'explain hello nonsense' 'explain hello request' 'explain hello request src=Einit' 'explain hello request word' \
        'explain hello execute src=Einit src=Einit dst=hello.Hello' 'explain hello security src=Einit'; do
        if ./kos policy $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 2 ] || { echo "./kos policy $words: expected exit status 2, got $status"; return 1; }
    done
    for words in 'explain hello execute src=Nobody dst=hello.Hello' 'explain hello request src=Einit dst=kl.core.Core endpoint=vmm.VMM method=Nothing' \
        'explain hello request src=Einit dst=kl.core.Core endpoint=vmm.VMM method=Free nonsense=1'; do
        if ./kos policy $words >/dev/null 2>&1; then status=0; else status=$?; fi
        [ $status = 1 ] || { echo "./kos policy $words: expected exit status 1, got $status"; return 1; }
    done
    for words in '' check test explain; do
        ./kos policy $words --help | grep -q usage || { echo "./kos policy $words --help: expected the usage"; return 1; }
    done
}
