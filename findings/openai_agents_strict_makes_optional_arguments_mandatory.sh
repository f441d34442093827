#!/usr/bin/env bash
# The strict mode of openai-agents for Python makes each optional argument mandatory, without a way to leave it out.
#
# Guess:    optional properties become nullable, as the guide of OpenAI's strict mode says and as the same package for
#           JavaScript does; or the tool is not strict.
# Seen:     all names go into `required`, and the types stay. The model has to send a value that it makes up.
# Versions: openai-agents 0.24.0, Python 3.11; seen on 2026-11-27.
# Matters:  a schema that states optional arguments in the way of JSON Schema, by `required` alone, loses them there;
#           only one that lists `null` as a type keeps them, and other hosts refuse that.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m venv python
python/bin/pip install --quiet "openai-agents==0.24.0"
cat >run.py <<'PYTHON'
import json

from agents.strict_schema import ensure_strict_json_schema

for days in ("integer", ["integer", "null"]):
    properties = {"city": {"type": "string"}, "days": {"type": days}}
    schema = ensure_strict_json_schema({"type": "object", "properties": properties, "required": ["city"]})
    print(f"{json.dumps(schema['properties']['days'])}, required: {', '.join(schema['required'])}")
PYTHON
cat >expected <<'TEXT'
{"type": "integer"}, required: city, days
{"type": ["integer", "null"]}, required: city, days
TEXT

python/bin/python run.py >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
