-- Executions as they are stored.
--
-- `x:<id>` is a text of four lines, and the body of the execution:
--
--   <state><form><changed> <due> <submitted> <size> <delivery> <attempt> <nonce>
--   <token> <delivery> <started> <max> |<worker>
--   <priority> <task>
--   <key>
--
-- The numbers of the first line, and the token, have 16 and 10 digits, so that the lean steps find them by their places.
-- `changed` is the end of an execution that has ended, or else its latest update. The second line describes the latest run,
-- and is empty before the first one. Moments are 0 if they have not come. The form is `-` if that is all, `=` if the rest of
-- the text is the result instead of the body, and `x` if the execution has more fields: those are in the hash `y:<id>`. The
-- lean steps treat only executions of the first two forms.
--
-- A run does not change the text, so that a claim of many executions is one command, and copies no bodies. The hash
-- `running` has `<token><form>` for it, and then the four lines without state, form and body, as they will be if the
-- execution completes. So a settlement does not read the text.

local STATES = { s = 'scheduled', q = 'queued', c = 'completed', f = 'failed', k = 'cancelled', d = 'dead' }
-- A running execution is stored as a queued one.
local LETTERS = { running = 'q' }
for letter, state in pairs(STATES) do
  LETTERS[state] = letter
end

local PACKED = {}
for name in string.gmatch('state attempt delivery due submitted updated size nonce priority task key ended token started max '
  .. 'worker body', '%a+') do
  PACKED[name] = true
end

local HEAD = '^(%l)([-=x])(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S*)\n([^\n]*)\n(%d) ([^\n]*)\n([^\n]*)\n()'
local RUN = '^(%d+) (%d+) (%d+) (%d+) |([^\n]*)'
local CURRENT = '^%d+[-x]%d+ %d+ %d+ %d+ %d+ %d+ %S*\n(.*)$'
local ENDED = { completed = true, failed = true, cancelled = true, dead = true }
-- Most heads are shorter. The head of a longer one is found in the whole text.
local HEAD_BYTES = 2048

local function x(id)
  return prefix .. 'x:' .. id
end

local function y(id)
  return prefix .. 'y:' .. id
end

-- Names are arbitrary text, and a line feed ends a line of the record.
local function escape(text)
  if not string.find(text, '[\\\n]') then
    return text
  end
  return (string.gsub(text, '[\\\n]', { ['\\'] = '\\\\', ['\n'] = '\\n' }))
end

local function unescape(text)
  if not string.find(text, '\\', 1, true) then
    return text
  end
  return (string.gsub(text, '\\(.)', { ['\\'] = '\\', n = '\n' }))
end

-- Returns a number without the zeros before it; false for the moment 0.
local function moment(text)
  if string.byte(text) ~= 48 then
    return text
  end
  local first = string.find(text, '[1-9]')
  return first and string.sub(text, first)
end

local function number(text)
  return moment(text) or '0'
end

local ZEROS = '0000000000000000'

local function pad(digits, text)
  return #text < digits and string.sub(ZEROS, 1, digits - #text) .. text or text
end

-- The executions that this step has read. Nothing else changes them meanwhile.
local loaded = {}

-- Returns the parts of the text of an execution; nil if there is none. The body is read only if it `is_whole`.
local function load(id, is_whole)
  local present = loaded[id]
  if present then
    if is_whole and not present.rest then
      present.rest = string.sub(call('GET', x(id)), present.place)
    end
    return present
  end
  local text = is_whole and call('GET', x(id)) or not is_whole and call('GETRANGE', x(id), 0, HEAD_BYTES)
  if not text or text == '' then
    return nil
  end
  local letter, form, changed, due, submitted, size, delivery, attempt, nonce, run, priority, task, key, place =
    string.match(text, HEAD)
  if not letter and not is_whole then
    return load(id, true)
  end
  local state = STATES[letter]
  if not state then
    error('its text has another form', 0)
  end
  local current = state == 'queued' and call('HGET', prefix .. 'running', id) or nil
  if current then
    state, run = 'running', string.match(current, CURRENT)
  end
  local token, run_delivery, started, max, worker = string.match(run or '', RUN)
  if current and not token then
    error('its run has another form', 0)
  end
  changed = moment(changed)
  -- Neither a claim nor a lean settlement changes the first line.
  local has_run_delivery = token and (current or form == '=')
  -- A table with all of its fields from the beginning is faster than one that grows.
  local f = {
    state = state, form = form, due = number(due), submitted = number(submitted), size = number(size),
    delivery = has_run_delivery and run_delivery or number(delivery), attempt = number(attempt), nonce = nonce,
    priority = priority, task = unescape(task), key = unescape(key), place = place,
    ended = ENDED[state] and changed or nil, updated = not ENDED[state] and changed or nil, current = current,
    token = token and number(token), started = started, max = max, worker = worker and unescape(worker),
    rest = is_whole and string.sub(text, place) or nil,
  }
  loaded[id] = f
  return f
end

-- Returns the lines of an execution, without state and form.
local function lines(f)
  local run = ''
  if f.token then
    run = pad(16, f.token) .. ' ' .. f.delivery .. ' ' .. f.started .. ' ' .. f.max .. ' |' .. escape(f.worker)
  end
  return pad(16, ENDED[f.state] and f.ended or f.updated or '0') .. ' ' .. pad(16, f.due) .. ' ' .. pad(16, f.submitted) .. ' '
    .. pad(10, f.size) .. ' ' .. pad(10, f.delivery) .. ' ' .. pad(10, f.attempt) .. ' ' .. f.nonce .. '\n' .. run .. '\n'
    .. f.priority .. ' ' .. escape(f.task) .. '\n' .. escape(f.key)
end

local function store(id, f)
  if string.find(f.task .. f.key, '[\\\n]') then
    f.form = 'x'
  end
  call('SET', x(id), LETTERS[f.state] .. f.form .. lines(f) .. '\n' .. f.rest, 'KEEPTTL')
  loaded[id] = f
end

-- Creates an execution. `f` has all parts of the text, and `rare` the other fields as a flat list.
function execution.create(id, f, rare)
  f.attempt, f.delivery, f.form = '1', '0', #rare > 0 and 'x' or '-'
  store(id, f)
  if #rare > 0 then
    call('HSET', y(id), unpack(rare))
  end
end

-- Writes fields of an execution, given as names and values.
function execution.write(id, ...)
  local values, rare, is_packed, has_body = { ... }, {}, false, false
  for i = 1, #values, 2 do
    is_packed = is_packed or PACKED[values[i]] and values[i] ~= 'updated'
    has_body = has_body or values[i] == 'body'
  end
  local f = load(id)
  if not f then
    error('it does not exist', 0)
  end
  -- A change of rare fields alone does not copy the body.
  local is_rare = not is_packed and f.form == 'x'
  if not is_rare and (not has_body or f.form == '=') then
    load(id, true)
  end
  for i = 1, #values, 2 do
    local name, value = values[i], values[i + 1]
    if is_rare or not PACKED[name] then
      rare[#rare + 1] = name
      rare[#rare + 1] = value
    elseif name == 'body' then
      f.rest = value
    else
      f[name] = value
    end
  end
  if #rare > 0 then
    if f.form == '=' then
      rare[#rare + 1] = 'result'
      rare[#rare + 1] = f.rest
      f.rest = ''
    end
    f.form = 'x'
    call('HSET', y(id), unpack(rare))
  end
  if not is_rare then
    store(id, f)
  end
  if f.current and f.state ~= 'running' then
    call('HDEL', prefix .. 'running', id)
    f.current = nil
  elseif f.current and f.form == 'x' and string.sub(f.current, 17, 17) == '-' then
    -- No lean settlement from now on.
    f.current = string.sub(f.current, 1, 16) .. 'x' .. string.sub(f.current, 18)
    call('HSET', prefix .. 'running', id, f.current)
  end
end

-- Starts a run.
function execution.start(id, token, delivery, max, worker)
  local f = load(id)
  f.state, f.token, f.delivery, f.started, f.max, f.worker = 'running', token, delivery, int(now), max, worker
  f.current = pad(16, token) .. (f.form == '-' and '-' or 'x') .. lines(f)
  call('HSET', prefix .. 'running', id, f.current)
end

-- Removes fields, none of them of the text.
function execution.erase(id, ...)
  call('HDEL', y(id), ...)
end

-- Reads fields of an execution into a table; missing fields are false.
function execution.read_fields(id, ...)
  local names, fields, rare, is_whole = { ... }, {}, {}, false
  for i = 1, #names do
    local name = names[i]
    fields[name] = false
    is_whole = is_whole or name == 'body' or name == 'result'
    if not PACKED[name] then
      rare[#rare + 1] = name
    end
  end
  local f = load(id, is_whole)
  if not f then
    return fields
  end
  for i = 1, #names do
    if PACKED[names[i]] then
      fields[names[i]] = f[names[i]] or false
    end
  end
  if f.form == '=' then
    fields.body = fields.body ~= nil and ''
    fields.result = fields.result ~= nil and f.rest
  elseif is_whole then
    fields.body = fields.body ~= nil and f.rest
  end
  if f.form == 'x' and #rare > 0 then
    local values = call('HMGET', y(id), unpack(rare))
    for i = 1, #rare do
      fields[rare[i]] = values[i]
    end
  end
  return fields
end

function execution.read(id, name)
  return execution.read_fields(id, name)[name]
end

-- Returns the worker of a running execution, without reading its text.
function execution.worker(id)
  local worker = string.match(call('HGET', prefix .. 'running', id) or '', '|([^\n]*)')
  return worker and unescape(worker)
end

-- Returns whether an execution exists.
function execution.exists(id)
  return call('EXISTS', x(id)) == 1
end

function execution.delete(id)
  loaded[id] = nil
  call('UNLINK', x(id), y(id))
  call('HDEL', prefix .. 'running', id)
end

-- Lets an execution expire. A moment in the past deletes it.
function execution.expire_at(id, moment)
  local at = int(math.ceil(moment / 1000))
  local f = load(id)
  call('PEXPIREAT', x(id), at)
  if not f or f.form == 'x' then
    call('PEXPIREAT', y(id), at)
  end
  if moment <= now then
    loaded[id] = nil
  end
end

-- Returns the lengths of the result and the body, and the sum of the lengths of other fields.
function execution.lengths(id, ...)
  local f = load(id)
  if not f then
    return 0, 0, 0
  end
  local rest = f.rest and #f.rest or call('STRLEN', x(id)) - f.place + 1
  if f.form == '=' then
    return rest, 0, 0
  elseif f.form == '-' then
    return 0, rest, 0
  end
  local sum = 0
  for i = 1, select('#', ...) do
    sum = sum + call('HSTRLEN', y(id), (select(i, ...)))
  end
  return call('HSTRLEN', y(id), 'result'), rest, sum
end

-- Returns the hash with the fields that are not in the text.
function execution.rare_key(id)
  return y(id)
end

-- Returns the parts of the text that a submission sends: that of an execution after `<submitted>`.
function execution.parts_of_submission(text)
  local nonce, priority, task, key, place = string.match(text, '^%d+ %d+ %d+ (%S*)\n\n(%d) ([^\n]*)\n([^\n]*)\n()')
  return { nonce = nonce, priority = priority, task = unescape(task), key = unescape(key), body = string.sub(text, place) }
end

local PACKED_FIELDS = { 'key', 'task', 'state', 'attempt', 'delivery', 'priority', 'submitted', 'due', 'started', 'ended',
  'worker' }
local RARE_FIELDS = { 'cancelling', 'progress', 'failure', 'reason', 'history', 'note', 'parked', 'updated', 'plan', 'result' }

-- The maximum size of a result in an event. Watchers read larger results from the store, so that these do not fill
-- every inbox.
local MAX_EVENT_RESULT = 16384

-- Reads a record as a flat list of names and values. Returns false if the execution does not exist.
function execution.read_record(id, is_event)
  local f = load(id)
  if not f then
    return false
  end
  local flat = { 'id', id }
  local function add(name, value)
    if value and is_event and name == 'result' and #value > MAX_EVENT_RESULT then
      name, value = 'partial', '1'
    end
    if value then
      flat[#flat + 1] = name
      flat[#flat + 1] = value
    end
  end
  for _, name in ipairs(PACKED_FIELDS) do
    add(name, f[name])
  end
  local updated = f.updated
  if f.form == '=' then
    add('result', load(id, true).rest)
  elseif f.form == 'x' then
    local values = call('HMGET', y(id), unpack(RARE_FIELDS))
    for i, name in ipairs(RARE_FIELDS) do
      if name ~= 'updated' then
        add(name, values[i])
      elseif values[i] and (not updated or tonumber(values[i]) > tonumber(updated)) then
        updated = values[i]
      end
    end
  end
  add('updated', updated)
  return flat
end
