# Sourced by packaging/run, packaging/test and packaging/bench: everything between a clean clone and a Python that can
# import the program. Says what it does on standard error; ends the script with exit code 29 (MISSING_PACKAGE in
# kiosk/core/fault.py) and one sentence when it cannot get what it needs.
#
# Callers set `root` (the checkout) and call `set_up PROFILE SET...`: a profile is a lock file of
# packaging/requirements/, a set is one of packaging/system-packages.txt.

unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
venv=${root:?}/.venv
python=       # the one in use, found by set_up
fitting='import sys, venv, ensurepip, importlib.util as u
sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 14) and (sys.prefix == sys.base_prefix or u.find_spec("pip"))))'
space_mb=3000 # the environment takes 1.2 GB with the dev profile; downloads and unpacking need room beside it

say() { printf '%s\n' "$*" >&2; }
stop() {
  say "${0##*/}: $*"
  exit 29
}

set_up() {
  local profile=$1 missing
  shift
  [[ -f $root/packaging/requirements/$profile.lock ]] || stop "there is no profile '$profile': kiosk, service or dev."
  # One set-up at a time in a checkout; a second one waits here and then finds everything done.
  exec 9<"$root/packaging/setup.sh"
  flock 9

  python=$(find_python)
  missing=$(missing_packages "$@")
  if [[ -n $missing || -z $python ]] || ! is_current "$profile"; then
    check_machine
    say "[1/4] System packages: ${missing:-all there}"
    # shellcheck disable=SC2086  # a list of words
    [[ -z $missing ]] || install_packages $missing
    [[ -n $python ]] || python=$(find_python)
    [[ -n $python ]] || stop "$(python_sentence)"
    say "[2/4] Python: $("$python" -c 'import sys; print(sys.version.split()[0], sys.executable)')"
    if is_current "$profile"; then
      say "[3/4] Environment .venv: current"
    else
      install_environment "$profile"
    fi
  fi
  exec 9<&-
}

# --- the machine --------------------------------------------------------------------------------------------------

check_machine() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) ;;
    Linux-aarch64)
      # Qt's and other packages for arm64 are built against it.
      [[ $(getconf GNU_LIBC_VERSION | cut -d' ' -f2 | tr -d .) -ge 239 ]] ||
        stop "on arm64 the packages need glibc 2.39 or newer, this system has $(getconf GNU_LIBC_VERSION): use Debian 13."
      ;;
    *) stop "this script serves Linux on x86_64 and arm64 (64 bit), not $(uname -sm)." ;;
  esac
  local free_mb
  free_mb=$(df -Pm "$root" | awk 'NR == 2 { print $4 }')
  [[ -d $venv || $free_mb -ge $space_mb ]] ||
    stop "$free_mb MB are free where $root stands, the set-up needs $space_mb MB: free some space."
}

# --- Python -------------------------------------------------------------------------------------------------------

minor() { "$1" -I -S -c 'import sys; print(*sys.version_info[:2], sep=".")' 2>/dev/null; }

find_python() { # the environment's own, if it still runs; else the first on PATH that fits
  local candidate
  if [[ -n ${KIOSK_PYTHON:-} ]]; then
    ! "$KIOSK_PYTHON" -c "$fitting" 2>/dev/null || command -v "$KIOSK_PYTHON"
    return 0
  fi
  for candidate in "$venv/bin/python" python3 python3.13 python3.12 python3.11; do
    # Run it: a version manager leaves commands on PATH that answer only with an error.
    if command -v "$candidate" >/dev/null && "$candidate" -c "$fitting" 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
}

python_sentence() {
  local candidate version seen=
  for candidate in ${KIOSK_PYTHON:-python3 python3.13 python3.12 python3.11}; do
    version=$("$candidate" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) || continue
    "$candidate" -c 'import venv, ensurepip' 2>/dev/null || version+=" without venv"
    seen+="${seen:+, }$candidate is $version"
  done
  echo "no Python 3.11, 3.12 or 3.13 with venv was found (${seen:-no Python at all}): install one" \
    "(Debian 12 and 13: apt-get install python3-venv) or name it with KIOSK_PYTHON=/path/to/python3."
}

# --- Debian's packages --------------------------------------------------------------------------------------------

missing_packages() { # missing_packages SET...: names on one line
  local list=$root/packaging/system-packages.txt
  [[ -z ${KIOSK_SKIP_SYSTEM_PACKAGES:-} ]] || return 0
  command -v dpkg-query >/dev/null ||
    stop "this is no Debian system: install what packaging/system-packages.txt lists under this system's names, then set KIOSK_SKIP_SYSTEM_PACKAGES=1."
  # A library may live on under a new name that provides the old one (libglib2.0-0 is libglib2.0-0t64 on Debian 13).
  dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Provides}\n' | awk -F '\t' -v sets=" $* " -v python="$python" '
    FILENAME == "-" && $1 == "installed" {
      have[$2]
      count = split($3, provided, /, */)
      for (i = 1; i <= count; i++) { sub(/[ :].*/, "", provided[i]); if (provided[i] ~ /^lib/) have[provided[i]] }
    }
    FILENAME == "-" || /^#/ || !NF { next }
    {
      split($0, word, " ")
      if (!index(sets, " " word[2] " ") || word[1] in have || (word[1] == "python3-venv" && python)) next
      line = line (line ? " " : "") word[1]
    }
    END { if (line) print line }' - "$list"
}

install_packages() { # install_packages NAME...
  local become=() log removed
  local line="apt-get update && apt-get install --no-install-recommends $*"
  if ((EUID)); then
    if ! command -v sudo >/dev/null || { [[ -n ${CI:-} || ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
      stop "these Debian packages are missing and only root can install them. Run this as root, then start again:
  $line"
    fi
    become=(sudo)
  fi
  become+=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o DPkg::Lock::Timeout=300)
  log=$(mktemp)
  # Without fresh lists an old address may be asked for. A foreign source that fails is no reason to stop: what matters
  # is whether the packages can be had.
  "${become[@]}" update >"$log" 2>&1 || say "      apt-get update had errors; going on with what is known"
  # Never pay for a kiosk with somebody's desktop: `pulseaudio` and `pipewire-alsa` exclude each other, for one.
  # (A simulation that fails for another reason says so below, in the installation itself.)
  removed=$({ LC_ALL=C apt-get -s -qq --no-install-recommends install "$@" 2>&1 || true; } | awk '$1 == "Remv" { print $2 }' | xargs)
  if [[ -n $removed ]]; then
    rm "$log"
    stop "installing $* would REMOVE $removed from this system, so nothing was changed. Rehearse on a machine without $removed, or decide yourself:
  $line"
  fi
  if ! "${become[@]}" --no-install-recommends --yes install "$@" >>"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    stop "$(apt_sentence "$log") Or install them yourself, then start again:
  $line"
  fi
  rm "$log"
}

apt_sentence() {
  if grep -q 'No space left\|enough free space' "$1"; then
    echo "the disk is too full for the Debian packages: free some space."
  elif grep -q 'Unable to locate\|no installation candidate' "$1"; then
    echo "this system's package sources do not have all of them: enable Debian's \`main\` in /etc/apt/sources.list."
  elif grep -q 'Could not resolve\|failure resolving\|Could not connect\|Cannot initiate\|Network is unreachable\|timed out' "$1"; then
    echo "no network: the Debian package server was not reached; check the connection."
  elif grep -q 'Could not get lock' "$1"; then
    echo "another program has been installing packages for five minutes: wait for it."
  else
    echo "apt-get failed; its own words stand above, the whole log in $1."
  fi
}

# --- the environment ----------------------------------------------------------------------------------------------

stamp() { # what the environment of a profile was made from
  minor "$python"
  echo "$root"
  sha256sum <"$root/packaging/requirements/$1.lock"
  sha256sum <"$root/pyproject.toml"
}

is_current() { # a larger profile's environment serves a smaller one
  local larger
  case $1 in kiosk) larger="kiosk service dev" ;; service) larger="service dev" ;; *) larger=$1 ;; esac
  for larger in $larger; do
    [[ ! -f $venv/.kiosk-$larger || ! -x $venv/bin/python ]] || [[ $(stamp "$larger" 2>&1) != "$(<"$venv/.kiosk-$larger")" ]] ||
      return 0
  done
  return 1
}

was_moved() { # scripts of an environment name its folder; those of a copied or renamed checkout name another
  [[ $(head -n 2 "$venv/bin/pip") != *"$venv/bin/"* ]]
}

install_environment() { # install_environment PROFILE
  local profile=$1 log
  local -a quiet=(--quiet --progress-bar off)
  # It looks as if it had been moved, and would be emptied under those who use it where it really stands.
  [[ ! -L $venv ]] || stop "$venv is a link to another checkout's environment: remove the link, or set that one up."
  [[ ! -t 2 ]] || quiet=()
  log=$(mktemp)
  rm -f "$venv"/.kiosk-*
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || [[ $(minor "$venv/bin/python") != $(minor "$python") ]] || was_moved; then
    say "[3/4] Environment .venv: new"
    # Never with the Python that --clear is about to delete.
    python=$("$python" -c 'import os, sys; print(os.path.join(sys.base_prefix, "bin", f"python3.{sys.version_info[1]}"))')
    "$python" -m venv --clear "$venv" >"$log" 2>&1 || {
      cat "$log" >&2
      stop "$python could not make the environment $venv; its own words stand above."
    }
  fi
  say "[3/4] Environment .venv: profile '$profile' ($(grep -c '==' "$root/packaging/requirements/$profile.lock") packages; the first time, several hundred MB are fetched)"
  rm -f "$log"
  local -a pip=(env PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
    "$venv/bin/python" -m pip install --log "$log" "${quiet[@]}")
  # Every package is a ready-made wheel with a known hash; the program itself is built with the locked setuptools.
  "${pip[@]}" --require-hashes --only-binary :all: -r "$root/packaging/requirements/$profile.lock" >&2 ||
    stop "$(pip_sentence "$log")"
  "${pip[@]}" --no-deps --no-index --no-build-isolation --editable "$root" >&2 || stop "$(pip_sentence "$log")"
  stamp "$profile" >"$venv/.kiosk-$profile"
  rm -f "$log"
}

pip_sentence() {
  if grep -q 'No space left' "$1"; then
    echo "the disk is full: free $space_mb MB and start again."
  elif grep -q 'DO NOT MATCH' "$1"; then
    echo "a downloaded package is not the one that was locked (hash mismatch): nothing of it was installed. Check the proxy or mirror in between."
  elif grep -q 'NewConnectionError\|ConnectTimeout\|ReadTimeout\|NameResolutionError\|Connection broken\|ConnectionError' "$1"; then
    echo "no network: the Python package index was not reached; check the connection and start again."
  elif grep -q 'No matching distribution' "$1"; then
    echo "a package has no wheel for this system ($("$venv/bin/python" --version), $(uname -m), $(getconf GNU_LIBC_VERSION)): $(
      sed -n 's/.*No matching distribution found for \([^ ]*\).*/\1/p' "$1" | head -n 1)."
  else
    echo "pip failed; its own words stand above, the whole log in $1."
  fi
}
