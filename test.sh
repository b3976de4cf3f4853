#!/usr/bin/env bash
# Checks everything. Installs what the tests need where it is absent (Debian), and needs
# no network once all is there.
#
#   ./test.sh           all of it
#   ./test.sh --quick   without installing, race detector, kills and browser
#   EKUIPER_URL=http://127.0.0.1:9081 ./test.sh   also holds that eKuiper against its contract
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

quick=false
case "${1:-}" in
	'') ;;
	--quick) quick=true ;;
	*)
		echo "usage: ./test.sh [--quick]" >&2
		exit 1
		;;
esac

cache=$PWD/.cache
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
# What the developer has set for a console of their own is not for the tests.
unset "${!CONSOLE_@}"

# step runs a check under a title and says how long it took.
step() {
	local title=$1 began=$SECONDS
	shift
	printf '== %s\n' "$title"
	if ! "$@"; then
		printf 'FAIL: %s\n' "$title" >&2
		exit 1
	fi
	printf '   %d s\n' $((SECONDS - began))
}

# packages installs Debian packages for commands that are absent.
packages() {
	local missing=() pair
	for pair in chromium-headless-shell:chromium-headless-shell node:nodejs npm:npm gcc:gcc; do
		command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
	done
	[[ " ${missing[*]} " != *" gcc "* ]] || missing+=(libc6-dev)
	((${#missing[@]})) || return 0
	if ! command -v apt-get >/dev/null; then
		echo "install these first: ${missing[*]}" >&2
		return 1
	fi
	local as=()
	((EUID == 0)) || as=(sudo)
	"${as[@]}" apt-get update -qq &&
		"${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$scratch/apt.log" ||
		{ cat "$scratch/apt.log" >&2; return 1; }
}

# modules installs what package-lock.json names, unless that was done already.
modules() {
	local stamp=$cache/npm.stamp want
	want="$(sha256sum <package-lock.json) $(node --version)"
	if [[ -d node_modules && -f $stamp && $(<"$stamp") == "$want" ]]; then
		return 0
	fi
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || return 1
	mkdir -p "$cache"
	printf '%s\n' "$want" >"$stamp"
}

# driver lays out the folder that the browser tests start the browser with.
driver() {
	export PLAYWRIGHT_DRIVER_PATH=$cache/playwright-driver
	mkdir -p "$PLAYWRIGHT_DRIVER_PATH"
	ln -sfn "$PWD/node_modules/playwright-core" "$PLAYWRIGHT_DRIVER_PATH/package"
	ln -sfn "$(command -v node)" "$PLAYWRIGHT_DRIVER_PATH/node"
}

install() { packages && modules && driver; }

formatted() {
	local files
	files=$(find . \( -name node_modules -o -name '.?*' \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -l)
	[[ -z $files ]] || { printf 'gofmt -w %s\n' "$files"; return 1; }
}

# Errors in the engine's words begin with capitals, which ST1005 is against.
staticcheck() { go tool -modfile=.ci/tools/go.mod staticcheck -checks inherit,-ST1005 ./...; }

# generated makes what is generated in a copy, and compares.
generated() {
	local templ
	templ=$(go tool -n templ) || return 1
	cp -R web go.mod package.json tailwind.config.js "$scratch"
	(cd "$scratch/web/views" && "$templ" generate -log-level error) || return 1
	if ! $quick; then
		ln -sfn "$PWD/node_modules" "$scratch/node_modules"
		(cd "$scratch" && npm run -s assets) >"$scratch/assets.log" 2>&1 || { cat "$scratch/assets.log"; return 1; }
	fi
	diff -ru web "$scratch/web" >"$scratch/diff" || { head -n 30 "$scratch/diff"; echo "run: go -C web/views tool templ generate && npm run assets"; return 1; }
}

# units names all packages but those that drive the built program.
units() { go list ./... | grep -v '/e2e\(/\|$\)'; }

# With the race detector properties are tried fewer times, since all is tried in full
# without it. The scripts of the command are left out, since they start a process for each
# line; the load test runs a whole console with the detector instead. The translated C of
# SQLite and the arithmetic of passwords are not watched: when they are, they take most of the
# time, and they are not ours. (A package with generic code has to be watched: others share it.)
# The one that takes longest is begun first.
races() {
	local all flags=$GOFLAGS blind='-race=false -d=checkptr=0'
	mapfile -t all < <(units | sort -r)
	export GOFLAGS="$flags '-gcflags=modernc.org/sqlite/lib=$blind' '-gcflags=golang.org/x/crypto/argon2=$blind'"
	go test -count=1 -race -short -skip '^TestScripts$' "${all[@]}" && go test -count=1 -race -short ./e2e/load || return 1
	export GOFLAGS=$flags
}

# shortened names packages with those of their tests that the race detector has run
# shortened, but for those of the command: they ask how short to be, or try properties. Where
# something else than a test does so, all tests of its package are meant.
shortened() {
	local package dir file names
	while read -r package dir; do
		names=$(for file in "$dir"/*_test.go; do
			[[ ! -e $file ]] || awk '/^func / { split($2, part, "("); name = part[1] != "" ? part[1] : "a method" } /testing\.Short\(\)|rapid\.Check/ { print name }' "$file"
		done | sort -u)
		[[ -n $names ]] || continue
		[[ -z $(grep -v '^Test' <<<"$names") ]] || names=Test
		printf '%s ^(%s)\n' "$package" "$(paste -sd'|' <<<"$names")"
	done < <(units | xargs go list -f '{{.ImportPath}} {{.Dir}}')
}

# inFull runs what was shortened in full, two packages at a time.
inFull() {
	local list
	list=$(shortened) && [[ -n $list ]] && xargs -P 2 -L 1 bash -c 'go test -count=1 "$0" -run "$1"' <<<"$list"
}

# contract holds the built console against the engine's contract, and the engine at EKUIPER_URL
# where there is one.
contract() { go test -count=1 -v ./e2e/contract | sed -n '/^=== /!p'; }

$quick || step "what the tests need" install
step "gofmt" formatted
step "go vet" go vet ./...
step "staticcheck" staticcheck
step "go.mod is tidy" go mod tidy -diff
step "generated files" generated
$quick || step "go test -race" races

printf '== go test (after %d s)\n' "$SECONDS"
if $quick; then units | xargs go test -count=1; else inFull; fi
$quick || go test -count=1 -run '^TestScripts$' ./cmd/console
step "the engine's contract" contract
$quick || step "killed 200 times, hostile requests, and twenty nodes" go test -count=1 ./e2e/crash ./e2e/hostile ./e2e/fleet
$quick || CONSOLE_E2E=1 go test -count=1 -timeout 20m ./e2e
