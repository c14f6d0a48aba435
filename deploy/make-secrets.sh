#!/bin/sh
# Makes what compose.yaml reads from deploy/secrets, but the certificate: tls-certificate.pem and tls-key.pem are yours.
# The folder is for root alone; the files in it can be read in the containers, whose users are not this machine's.
set -eu
folder=${1:-"$(dirname "$0")/secrets"}
umask 077
mkdir "$folder" # fails where it exists: keys are never replaced
random() { openssl rand "$@"; }
for key in master lookup audit; do random -base64 32 >"$folder/$key.key"; done
for place in database keyring; do random -hex 24 | tr -d '\n' >"$folder/$place-password"; done
printf 'postgres://facematch:%s@records:5432/facematch\n' "$(cat "$folder/database-password")" >"$folder/database-url"
printf 'postgres://facematch_keyring:%s@keyring:5432/facematch_keyring\n' "$(cat "$folder/keyring-password")" >"$folder/keyring-url"
chmod 0444 "$folder"/*
echo "Copies of the keys belong where no backup of the records goes: without master.key nothing can be read." >&2
