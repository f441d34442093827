-- Executions as they are stored.
--
-- `x:<id>` is a text of four lines, and the body of the execution:
--
--   <state><form><attempt> <delivery> <due> <submitted> <updated> <size> <nonce>
--   <priority> <task>
--   <key>
--   <ended> <token> <started> <max> <worker>
--
-- The fourth line describes the latest run, and is empty before the first one. Moments are 0 if they have not come. The
-- form is `-` if that is all, `=` if the rest of the text is the result instead of the body, and `x` if the execution has
-- more fields: those are in the hash `y:<id>`. The lean steps treat only executions of the first two forms.
--
-- A run does not change the text: the hash `running` has `<delivery> <token> <started> <max> <worker>` for it. So a claim
-- of many executions is one command, and does not copy their bodies. Spaces make the value longer than 64 bytes: Redis
-- keeps smaller hashes of short values in lists, in which each access reads all entries.

local execution = {}

do

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

local HEAD = '^(%l)([-=x])(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S*)\n(%d) ([^\n]*)\n([^\n]*)\n([^\n]*)\n()'
local RUN = '^(%d+) (%d+) (%d+) (%d+) (.*)$'
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
  return (string.gsub(text, '[\\\n]', { ['\\'] = '\\\\', ['\n'] = '\\n' }))
end

local function unescape(text)
  if not string.find(text, '\\', 1, true) then
    return text
  end
  return (string.gsub(text, '\\(.)', { ['\\'] = '\\', n = '\n' }))
end

local function moment(text)
  return text ~= '0' and text or false
end

-- Returns the parts of the text of an execution; nil if there is none. The body is read only if it `is_whole`.
local function load(id, is_whole)
  local text = is_whole and call('GET', x(id)) or not is_whole and call('GETRANGE', x(id), 0, HEAD_BYTES)
  if not text or text == '' then
    return nil
  end
  local f = {}
  local run, place
  local function split()
    f.state, f.form, f.attempt, f.delivery, f.due, f.submitted, f.updated, f.size, f.nonce, f.priority, f.task, f.key, run,
      place = string.match(text, HEAD)
    f.state = STATES[f.state]
  end
  split()
  if not f.state and not is_whole then
    text, is_whole = call('GET', x(id)), true
    split()
  end
  if not f.state then
    error('its text has another form', 0)
  end
  f.task, f.key, f.updated = unescape(f.task), unescape(f.key), moment(f.updated)
  f.place = place
  f.rest = is_whole and string.sub(text, place) or nil
  f.ended, f.token, f.started, f.max, f.worker = string.match(run, RUN)
  if f.ended then
    f.ended, f.token, f.started, f.max = moment(f.ended), moment(f.token), moment(f.started), moment(f.max)
    f.worker = f.worker ~= '' and unescape(f.worker) or false
  end
  if f.state == 'queued' then
    local current = call('HGET', prefix .. 'running', id)
    if current then
      f.state, f.was_running = 'running', true
      f.delivery, f.token, f.started, f.max, f.worker = string.match(current, '^(%d+) +(%d+) (%d+) (%d+) (.*)$')
      f.worker = f.worker and unescape(f.worker)
    end
  end
  return f
end

local function store(id, f)
  local task, key = escape(f.task), escape(f.key)
  local form = f.form
  if task ~= f.task or key ~= f.key then
    form = 'x'
  end
  local run = ''
  if f.ended or f.token then
    run = (f.ended or '0') .. ' ' .. (f.token or '0') .. ' ' .. (f.started or '0') .. ' ' .. (f.max or '0') .. ' '
      .. escape(f.worker or '')
  end
  call('SET', x(id), LETTERS[f.state] .. form .. f.attempt .. ' ' .. f.delivery .. ' ' .. f.due .. ' ' .. f.submitted .. ' '
    .. (f.updated or '0') .. ' ' .. f.size .. ' ' .. f.nonce .. '\n' .. f.priority .. ' ' .. task .. '\n' .. key .. '\n' .. run
    .. '\n' .. f.rest, 'KEEPTTL')
  f.form = form
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
  local values, rare, is_packed = { ... }, {}, false
  for i = 1, #values, 2 do
    is_packed = is_packed or PACKED[values[i]] and values[i] ~= 'updated'
  end
  local f = load(id, is_packed)
  if not f then
    error('it does not exist', 0)
  end
  -- A change of rare fields alone does not copy the body.
  local is_rare = not is_packed and f.form == 'x'
  if not is_rare and not f.rest then
    f = load(id, true)
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
    if f.was_running and f.state ~= 'running' then
      call('HDEL', prefix .. 'running', id)
    end
    store(id, f)
  end
end

-- Starts a run.
function execution.start(id, token, delivery, max, worker)
  local run = token .. ' ' .. int(now) .. ' ' .. max .. ' ' .. escape(worker)
  call('HSET', prefix .. 'running', id, delivery .. string.rep(' ', math.max(65 - #run, 1)) .. run)
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

-- Returns whether an execution exists.
function execution.exists(id)
  return call('EXISTS', x(id)) == 1
end

function execution.delete(id)
  call('UNLINK', x(id), y(id))
  call('HDEL', prefix .. 'running', id)
end

-- Lets an execution expire. A moment in the past deletes it.
function execution.expire_at(id, moment)
  local at = int(math.ceil(moment / 1000))
  call('PEXPIREAT', x(id), at)
  call('PEXPIREAT', y(id), at)
end

-- Returns the lengths of the result and the body, and the sum of the lengths of other fields.
function execution.lengths(id, ...)
  local f = load(id)
  if not f then
    return 0, 0, 0
  end
  local rest = call('STRLEN', x(id)) - f.place + 1
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

-- Returns a text without the line of the mutable fields, as a submission sends it, and its parts.
function execution.parts_of_submission(text)
  local priority, task, key, place = string.match(text, '^(%d) ([^\n]*)\n([^\n]*)\n\n()')
  return priority, unescape(task), string.sub(text, place)
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
    add('result', string.sub(call('GET', x(id)), f.place))
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

end

local read_fields, read_record = execution.read_fields, execution.read_record

