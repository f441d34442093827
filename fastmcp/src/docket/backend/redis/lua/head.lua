-- The beginning of every step: arguments, the clock, the docket's counters, and helpers that all steps share.
--
-- The files of this directory are concatenated into one script, in the order that `script.rs` lists. KEYS[1] is the
-- docket's root key; every other key has the same prefix and hash tag. ARGV[1] is the step, ARGV[2..5] are the docket's
-- limits, ARGV[6] is the calling process, and the step's own arguments follow.
local prefix = string.sub(KEYS[1], 1, -5)
local call = redis.call

-- The server's clock is the only one: the clocks of processes may differ.
local clock = call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

-- The limits of pending executions: their number, their bytes, and their number per owner. Then the number of running
-- executions per owner.
local capacity, capacity_bytes, owner_capacity, owner_concurrency = string.match(ARGV[2], '^(%d+) (%d+) (%d+) (%d+)$')
capacity, capacity_bytes = tonumber(capacity), tonumber(capacity_bytes)
owner_capacity, owner_concurrency = tonumber(owner_capacity), tonumber(owner_concurrency)
-- How long results and dead letters are kept, and the limits of their number and bytes.
local result_ttl, dead_letter_ttl = string.match(ARGV[3], '^(%d+) (%d+)$')
result_ttl, dead_letter_ttl = tonumber(result_ttl), tonumber(dead_letter_ttl)
local function kept_limits(text)
  local most, bytes = string.match(text, '^(%d+) (%d+)$')
  return { capacity = tonumber(most), bytes = tonumber(bytes) }
end
local limits_of = { ended = kept_limits(ARGV[4]), dead = kept_limits(ARGV[5]) }
-- A `+` behind the name: the process reads its inbox.
local this_process = string.match(ARGV[6], '^%x+')
local is_listening = ARGV[6] ~= this_process

local root = call('HMGET', KEYS[1], 'version', 'id', 'token', 'back', 'front', 'paused', 'bytes', 'turn', 'is_turn_of_owner', 'ended_bytes',
  'dead_bytes')
if root[1] and root[1] ~= '1' then
  return redis.error_reply('LAYOUT the docket is stored in layout ' .. root[1]
    .. ', but this program supports only layout 1: upgrade the older program')
end
local last_id = tonumber(root[2]) or 0
local last_token = tonumber(root[3]) or 0
local last_back = tonumber(root[4]) or 0
local last_front = tonumber(root[5]) or 0
local paused = root[6] == '1'
-- The latest turn of an owner, and whether an owner has the next turn, before executions without an owner.
local last_turn = tonumber(root[8]) or 0
local is_turn_of_owner = root[9] == '1'
local root_changed = not root[1]
local pending = call('ZCARD', prefix .. 'alive')
-- Begins again at zero in an empty docket: a program that does not count bytes may have ended some executions.
local pending_bytes = pending > 0 and tonumber(root[7]) or 0

-- The bytes of results and of dead letters.
local kept_bytes = { ended = tonumber(root[10]) or 0, dead = tonumber(root[11]) or 0 }

-- Changes of this step that other calls may wait for: executions made ready, changed timers, fewer pending
-- executions.
local ready_added = 0
local timers_changed = false
local pending_fell = false

-- Formats an integer. Lua would print large numbers with an exponent.
local function int(number)
  return string.format('%.0f', number)
end

local function add_bytes(bytes)
  pending_bytes = math.max(pending_bytes + bytes, 0)
  root_changed = true
end

local function exec_key(id)
  return prefix .. 'x:' .. id
end

-- Reads fields of an execution into a table; missing fields are false.
local function read_fields(id, ...)
  local names = { ... }
  local values = call('HMGET', exec_key(id), ...)
  local fields = {}
  for i = 1, #names do
    fields[names[i]] = values[i]
  end
  return fields
end

-- IDs and tokens are at least the clock's time. If Redis restarts without its last writes, the counters go back, but
-- no ID or token is issued twice, so a run from before the restart stays fenced.
local function new_id()
  last_id = math.max(last_id + 1, now)
  root_changed = true
  return int(last_id)
end

local function new_token()
  last_token = math.max(last_token + 1, now)
  root_changed = true
  return int(last_token)
end

-- Collects the members that a batch adds to or removes from a set, so that one command at the end of the step changes
-- all of them.
local deferred = {}

local function defer(command, set, ...)
  local name = command .. ' ' .. set
  local arguments = deferred[name]
  if not arguments then
    arguments = { command, prefix .. set }
    deferred[name] = arguments
  end
  for i = 1, select('#', ...) do
    arguments[#arguments + 1] = (select(i, ...))
  end
  -- `unpack` is limited to some thousands of arguments.
  if #arguments > 2000 then
    deferred[name] = nil
    call(unpack(arguments))
  end
end

local function run_deferred()
  local commands = deferred
  deferred = {}
  for _, arguments in pairs(commands) do
    call(unpack(arguments))
  end
end

local function expire_at(key, time)
  call('PEXPIREAT', key, int(math.ceil(time / 1000)))
end

local function expire_after(key, duration)
  call('PEXPIRE', key, int(math.ceil(duration / 1000)))
end

-- The score of the last or first position in a queue. A score contains the priority, so one sorted set holds the queues
-- of all three priorities; 1e15 positions on either side fit between two of them.
local function back_position(priority)
  last_back = last_back + 1
  root_changed = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 + last_back)
end

local function front_position(priority)
  last_front = last_front + 1
  root_changed = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 - last_front)
end

local RECORD_FIELDS = {
  'key', 'task', 'state', 'attempt', 'delivery', 'priority', 'submitted', 'due', 'started', 'ended', 'worker',
  'cancelling', 'progress', 'failure', 'reason', 'history', 'note', 'parked', 'updated', 'plan', 'result',
}

-- The maximum size of a result in an event. Watchers read larger results from the store, so that these do not fill
-- every inbox.
local MAX_EVENT_RESULT = 16384

-- Reads a record as a flat list of names and values. Returns false if the execution does not exist.
local function read_record(id, is_event)
  local values = call('HMGET', exec_key(id), unpack(RECORD_FIELDS))
  if not values[3] then
    return false
  end
  local flat = { 'id', id }
  for i, name in ipairs(RECORD_FIELDS) do
    local value = values[i]
    if value then
      if is_event and name == 'result' and #value > MAX_EVENT_RESULT then
        name, value = 'partial', '1'
      end
      flat[#flat + 1] = name
      flat[#flat + 1] = value
    end
  end
  return flat
end

local INBOX_TTL = 60000000

-- Appends an event to a process's inbox; returns false if that process no longer reads it.
local function send_event(process, ...)
  local registered_until = tonumber(call('ZSCORE', prefix .. 'nodes', process) or 0)
  if registered_until <= now then
    return false
  end
  local inbox = prefix .. 'in:' .. process
  -- The length limit bounds the memory that a slow reader occupies. A reader that receives a full batch reads
  -- everything again.
  call('XADD', inbox, 'MAXLEN', '~', '16384', '*', ...)
  expire_after(inbox, INBOX_TTL)
  return true
end

-- Sends an execution's new state to the processes that watch it, listed in `watch`.
local function publish_state(id, watch)
  if not watch then
    return
  end
  local flat = read_record(id, true)
  if flat then
    for process in string.gmatch(watch, '%x+') do
      send_event(process, 'event', 'state', unpack(flat))
    end
  end
end

-- Appends an incident to the history, one line of JSON each. Drops the oldest incident beyond 32 (`Record::HISTORY`).
local function append_history(history, worker, attempt, delivery, what)
  local line = '{"at":' .. int(now) .. ',"worker":' .. cjson.encode(worker or '')
    .. ',"attempt":' .. (attempt or '1') .. ',"delivery":' .. (delivery or '0')
    .. ',"what":' .. cjson.encode(what) .. '}'
  if not history then
    return line
  end
  local _, lines = string.gsub(history, '\n', '\n')
  if lines >= 31 then
    history = string.sub(history, string.find(history, '\n', 1, true) + 1)
  end
  return history .. '\n' .. line
end
