#!/bin/sh
# Run by the SSM Agent as root, as the one step of the document. Brings the interfaces of this host to the desired state
# and ends with the agent's exit code: 0 as asked, 1 not (yet), 2 unusable input. The last line of the output is the
# result, as one line of JSON; Systems Manager keeps 24,000 characters of it.
#
# Settings of a host are in /etc/nodeeni/agent.env, if it is there: NODEENI_NODE (the Node to run) and all NODEENI_… of
# the agent, one NAME=value a line.
set -u

desired='{{ desired }}'
bundle_url='{{ bundleUrl }}'
bundle_sha256='@AGENT_SHA256@'
root="${NODEENI_HOST_ROOT:-}"
folder="$root/var/lib/nodeeni"
settings="$root/etc/nodeeni/agent.env"
bundle="$folder/agent-$bundle_sha256.mjs"

fail() {
  printf '{"converged":false,"error":"%s"}\n' "$1"
  exit 1
}

is_right() {
  [ "$(sha256sum < "$1" 2> /dev/null | cut -d ' ' -f 1)" = "$bundle_sha256" ]
}

is_new_enough() {
  "$1" -e 'process.exit(process.getBuiltinModule ? 0 : 1)' > /dev/null 2>&1
}

find_node() {
  for candidate in "${NODEENI_NODE:-}" node node-24 node-22 "$folder/node/bin/node"; do
    if [ -n "$candidate" ] && is_new_enough "$candidate"; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

if [ -f "$settings" ]; then
  set -a
  . "$settings"
  set +a
fi

node="$(find_node)" || fail "Node 22.3 or newer is not on this host. Install it (dnf install nodejs22), put it at $folder/node/bin/node, or name it by NODEENI_NODE in $settings."

mkdir -p "$folder" && chmod 0700 "$folder" || fail "$folder cannot be made."

# One at a time: two would undo each other's work. A host without flock has no second command in normal times.
if command -v flock > /dev/null 2>&1; then
  exec 9> "$folder/lock"
  flock -w 60 9 || fail 'Another run on this host does not end.'
fi

if ! is_right "$bundle"; then
  fresh="$(mktemp "$folder/fresh.XXXXXX")" || fail "$folder cannot be written to."
  trap 'rm -f "$fresh"' EXIT
  curl --fail --silent --show-error --location --max-time 60 --retry 2 --output "$fresh" "$bundle_url" ||
    fail 'The bundle of the agent could not be fetched. Has the host a way to S3?'
  is_right "$fresh" || fail 'The bundle that was fetched is not the one this document is for.'
  mv "$fresh" "$bundle" || fail "$bundle cannot be written."
  for old in "$folder"/agent-*.mjs; do
    [ "$old" = "$bundle" ] || rm -f "$old"
  done
fi

result="$(printf '%s' "$desired" | base64 -d | "$node" "$bundle" agent apply --once --desired -)"
code=$?

# Only what the controller reads, and in one line. Should the messages be too long, the reasons must do.
printf '%s' "$result" | "$node" -e '
  const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const host = Object.entries(given.host ?? {});
  const written = (longest) =>
    JSON.stringify({
      converged: given.converged === true,
      bootId: given.bootId,
      ...(given.error === undefined ? {} : { error: given.error.slice(0, 300) }),
      host: Object.fromEntries(
        host.map(([slot, { message, ...row }]) =>
          [slot, message === undefined || longest === 0 ? row : { ...row, message: message.slice(0, longest) }]),
      ),
    });
  const texts = [300, 100, 0].map(written);
  console.log(texts.find((text) => text.length < 23500) ?? texts.at(-1));
' || fail 'The agent wrote no result.'
exit "$code"
