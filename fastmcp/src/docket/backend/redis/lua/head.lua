-- The beginning of every step: arguments, the clock, the docket's counters, and helpers that all steps share.
--
-- `script.rs` makes one script of the files of this directory, each in a block of its own; `lean/` has the scripts of the
-- common case of some steps. KEYS[1] is the docket's root key; every other key has the same prefix and hash tag. ARGV[1] is
-- the step, ARGV[2..5] are the docket's limits, ARGV[6] is the calling process, and the step's own arguments follow.
--
-- The files share few local variables, because Lua creates all functions at each call: for each variable that a function
-- uses, it searches a list of all such variables. What a file shares with others is in a table, `docket` for this one.
local docket, execution, events, counts, queue, lanes = {}, {}, {}, {}, {}, {}
local ending, journal, family, timers, admission, control, processes, steps = {}, {}, {}, {}, {}, {}, {}, {}
local call = redis.call
-- All keys but the root contain the version of the layout, so that no program reads what another one means by a key.
local name = string.sub(KEYS[1], 1, -5)
local prefix = name .. '2:'

-- The server's clock is the only one: the clocks of processes may differ.
local clock = call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

-- Formats an integer. Lua would print large numbers with an exponent.
local function int(number)
  return string.format('%.0f', number)
end

-- The limits of pending executions: their number, their bytes, and their number per owner. Then the number of running
-- executions per owner.
local capacity, capacity_bytes, owner_capacity, owner_concurrency = string.match(ARGV[2], '^(%d+) (%d+) (%d+) (%d+)$')
docket.capacity, docket.capacity_bytes = tonumber(capacity), tonumber(capacity_bytes)
docket.owner_capacity, docket.owner_concurrency = tonumber(owner_capacity), tonumber(owner_concurrency)
-- How long results and dead letters are kept, and the limits of their number and bytes.
local result_ttl, dead_letter_ttl = string.match(ARGV[3], '^(%d+) (%d+)$')
docket.result_ttl, docket.dead_letter_ttl = tonumber(result_ttl), tonumber(dead_letter_ttl)
local function kept_limits(text)
  local most, bytes = string.match(text, '^(%d+) (%d+)$')
  return { capacity = tonumber(most), bytes = tonumber(bytes) }
end
docket.limits_of = { ended = kept_limits(ARGV[4]), dead = kept_limits(ARGV[5]) }
-- A `+` behind the name: the process reads its inbox.
local this_process = string.match(ARGV[6], '^%x+')
docket.is_listening = ARGV[6] ~= this_process

local root = call('HMGET', KEYS[1], 'version', 'id', 'token', 'back', 'front', 'paused', 'bytes', 'turn', 'is_turn_of_owner', 'ended_bytes',
  'dead_bytes', 'next', 'sweep')
if root[1] == '1' then
  -- A docket of an older program. Its executions have to end there; its results expire.
  local pending, letters = call('ZCARD', name .. 'alive'), call('ZCOUNT', name .. 'dead', int(now), '+inf')
  if pending + letters > 0 then
    return redis.error_reply('LAYOUT the docket is stored in layout 1 of an older program, with ' .. pending
      .. ' executions that have not ended and ' .. letters .. ' dead letters: let the workers of that program finish them, '
      .. 'and replay or discard the dead letters there; or use a docket with another name')
  end
  call('DEL', KEYS[1])
  if call('EXISTS', name .. 'struck') == 1 then
    call('RENAME', name .. 'struck', prefix .. 'struck')
  end
  root = { nil, root[2], root[3], nil, nil, root[6] }
elseif root[1] and root[1] ~= '2' then
  return redis.error_reply('LAYOUT the docket is stored in layout ' .. root[1]
    .. ', but this program supports only layout 2: upgrade this program')
end
docket.last_id = tonumber(root[2]) or 0
docket.last_token = tonumber(root[3]) or 0
docket.last_back = tonumber(root[4]) or 0
docket.last_front = tonumber(root[5]) or 0
docket.paused = root[6] == '1'
-- The latest turn of an owner, and whether an owner has the next turn, before executions without an owner.
docket.last_turn = tonumber(root[8]) or 0
docket.is_turn_of_owner = root[9] == '1'
docket.root_changed = not root[1]
docket.pending = call('ZCARD', prefix .. 'alive')
-- Begins again at zero in an empty docket: a program that does not count bytes may have ended some executions.
docket.pending_bytes = docket.pending > 0 and tonumber(root[7]) or 0

-- The moment of the next timer, and the moment at which entries of ended executions are to be removed. The lean steps do
-- nothing after them.
docket.stored_timer, docket.stored_sweep = root[12] or '', root[13] or ''
docket.sweep_at = tonumber(docket.stored_sweep) or math.huge

-- The bytes of results and of dead letters.
docket.kept_bytes = { ended = tonumber(root[10]) or 0, dead = tonumber(root[11]) or 0 }

-- Changes of this step that other calls may wait for: executions made ready, changed timers, fewer pending
-- executions.
docket.ready_added = 0
docket.timers_changed = false
docket.pending_fell = false

function docket.add_bytes(bytes)
  docket.pending_bytes = math.max(docket.pending_bytes + bytes, 0)
  docket.root_changed = true
end

-- IDs and tokens are at least the clock's time. If Redis restarts without its last writes, the counters go back, but
-- no ID or token is issued twice, so a run from before the restart stays fenced.
function docket.new_id()
  docket.last_id = math.max(docket.last_id + 1, now)
  docket.root_changed = true
  return int(docket.last_id)
end

function docket.new_token()
  docket.last_token = math.max(docket.last_token + 1, now)
  docket.root_changed = true
  return int(docket.last_token)
end

-- Collects the members that a batch adds to or removes from a set, so that one command at the end of the step changes
-- all of them.
local deferred = {}

function docket.defer(command, set, ...)
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

function docket.run_deferred()
  local commands = deferred
  deferred = {}
  for _, arguments in pairs(commands) do
    call(unpack(arguments))
  end
end

function docket.expire_at(key, time)
  call('PEXPIREAT', key, int(math.ceil(time / 1000)))
end

function docket.expire_after(key, duration)
  call('PEXPIRE', key, int(math.ceil(duration / 1000)))
end

-- The score of the last or first position in a queue. A score contains the priority, so one sorted set holds the queues
-- of all three priorities; 1e15 positions on either side fit between two of them.
function docket.back_position(priority)
  docket.last_back = docket.last_back + 1
  docket.root_changed = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 + docket.last_back)
end

function docket.front_position(priority)
  docket.last_front = docket.last_front + 1
  docket.root_changed = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 - docket.last_front)
end
