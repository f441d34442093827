-- The ready executions, and the order in which owners take turns.
--
-- `ready` holds the executions without an owner, `wait:<owner>` those of one owner, and `runs:<owner>` its running ones,
-- with those that are offered to another worker: an offer keeps the turn of its owner.
-- `turns` has every owner with ready executions. A score is made of the priority of the first execution, the number of
-- runs, and the turn since which the owner waits: the first member of a priority is the owner with the fewest runs, and
-- among those the one that has waited for longest.

local MAX_RUNS, MAX_TURNS = 2 ^ 11, 2 ^ 40
local PRIORITY_UNIT = MAX_RUNS * MAX_TURNS

-- Returns the priority of a position in a queue.
local function priority_of(position)
  return math.floor(tonumber(position) / 2e15)
end

-- Moves an owner to its place in `turns`. With `is_new_turn`, the owner waits from now on.
local function place_owner(owner, is_new_turn)
  local turns = prefix .. 'turns'
  local first = call('ZRANGE', prefix .. 'wait:' .. owner, 0, 0, 'WITHSCORES')
  if not first[1] then
    call('ZREM', turns, owner)
    return
  end
  local present = tonumber(call('ZSCORE', turns, owner) or nil)
  if not present and call('EXISTS', turns) == 0 then
    docket.last_turn = 0
  end
  local since = present and present % MAX_TURNS
  if is_new_turn or not since then
    docket.last_turn = (docket.last_turn + 1) % MAX_TURNS
    docket.root_changed = true
    since = docket.last_turn
  end
  local runs = math.min(call('SCARD', prefix .. 'runs:' .. owner), MAX_RUNS - 1)
  call('ZADD', turns, int(priority_of(first[2]) * PRIORITY_UNIT + runs * MAX_TURNS + since), owner)
end

local function push_ready(id, owner, position)
  if owner then
    call('ZADD', prefix .. 'wait:' .. owner, position, id)
    place_owner(owner)
  else
    call('ZADD', prefix .. 'ready', position, id)
  end
  docket.ready_added = docket.ready_added + 1
end

-- Adds an execution before all others of its priority and owner: it has already waited once.
function queue.push_ready_front(id, priority, owner)
  push_ready(id, owner, docket.front_position(priority))
end

function queue.push_ready_back(id, priority, owner)
  push_ready(id, owner, docket.back_position(priority))
end

-- Removes a waiting execution from its set: `at`, or that of the ready ones.
function queue.remove_ready(id, owner, at)
  call('ZREM', prefix .. (at or owner and 'wait:' .. owner or 'ready'), id)
  if owner then
    place_owner(owner)
  end
end

function queue.owner_started(id, owner)
  call('SADD', prefix .. 'runs:' .. owner, id)
  place_owner(owner, true)
end

local has_turns = nil

-- Counts the end of a run. It may allow an owner to start another one, so a worker is woken. The owner of the run waits
-- from now on: otherwise, owners with long runs would be the next again and again, before an owner without a run.
function queue.run_ended(id, owner)
  if owner then
    call('SREM', prefix .. 'runs:' .. owner, id)
    place_owner(owner, true)
    has_turns = nil
  end
  if has_turns == nil then
    has_turns = call('EXISTS', prefix .. 'turns') == 1
  end
  if has_turns then
    docket.ready_added = docket.ready_added + 1
  end
end

-- Returns the number of free slots of all live workers, at least `own`.
function queue.free_slots(own)
  local slots = 0
  for _, name in ipairs(call('ZRANGEBYSCORE', prefix .. 'workers', '(' .. int(now), '+inf', 'LIMIT', 0, 1000)) do
    slots = slots + (tonumber(call('HGET', prefix .. 'w:' .. name, 'slots') or 0) or 0)
  end
  return math.max(slots - call('ZCARD', prefix .. 'leases'), own)
end

-- Returns whether an owner may start another execution. `model/share.rs` has the same rule, with its reason.
local function may_start(runs, free)
  return runs < docket.owner_concurrency and (runs == 0 or runs < 2 * math.max(free - 1, 0))
end

-- Returns the owner whose turn it is, and the priority of its first execution; nil if no owner may start one.
function queue.next_owner(free)
  for priority = 0, 2 do
    local lowest = priority * PRIORITY_UNIT
    local first = call('ZRANGEBYSCORE', prefix .. 'turns', int(lowest), '(' .. int(lowest + PRIORITY_UNIT), 'WITHSCORES',
      'LIMIT', 0, 1)
    local owner = first[1]
    local runs = owner and math.floor((tonumber(first[2]) - lowest) / MAX_TURNS)
    if runs == MAX_RUNS - 1 then
      runs = call('SCARD', prefix .. 'runs:' .. owner)
    end
    if owner and may_start(runs, free) then
      return owner, priority
    end
  end
  return nil
end

-- Drops runs of the first owner that have no lease, because another program has deleted their executions.
function queue.drop_lost_runs()
  local owner = call('ZRANGE', prefix .. 'turns', 0, 0)[1]
  if not owner then
    return
  end
  for _, id in ipairs(call('SRANDMEMBER', prefix .. 'runs:' .. owner, 100)) do
    -- An offer has a timer instead of a lease.
    if not call('ZSCORE', prefix .. 'leases', id) and not call('ZSCORE', prefix .. 'timed', id) then
      call('SREM', prefix .. 'runs:' .. owner, id)
    end
  end
  place_owner(owner)
end

-- Removes and returns the next ready execution; an empty table if there is none. `free` is the number of free slots.
function queue.pop_ready(free)
  local owner, priority = queue.next_owner(free)
  local first = call('ZRANGE', prefix .. 'ready', 0, 0, 'WITHSCORES')
  local other = first[1] and priority_of(first[2])
  if owner and (not other or priority < other or priority == other and docket.is_turn_of_owner) then
    docket.is_turn_of_owner, docket.root_changed = false, true
    local popped = call('ZPOPMIN', prefix .. 'wait:' .. owner)
    place_owner(owner)
    return popped
  end
  docket.is_turn_of_owner, docket.root_changed = true, true
  return call('ZPOPMIN', prefix .. 'ready')
end
