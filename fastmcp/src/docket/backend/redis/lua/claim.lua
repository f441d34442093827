-- Claims: handing out executions, subject to pauses, strikes and limits.

-- Records that a worker is alive for one more lease. A claim also reports the number of its slots.
local function record_heartbeat(worker, lease, slots)
  local data = prefix .. 'w:' .. worker
  if call('HSETNX', data, 'since', int(now)) == 1 then
    -- A new worker removes the workers that died more than a minute ago, so that short-lived workers do not
    -- accumulate.
    call('ZREMRANGEBYSCORE', prefix .. 'workers', '-inf', int(now - 60000000))
  end
  call('HSET', data, 'seen', int(now), 'lease', int(lease), 'node', this_process)
  if slots then
    call('HSET', data, 'slots', slots)
  end
  call('ZADD', prefix .. 'workers', int(now + lease), worker)
  docket.expire_after(data, 60000000 + 2 * lease)
  docket.expire_after(prefix .. 'workers', 60000000 + 2 * lease)
end

-- Returns the reply for one claimed execution, in the order that the codec decodes.
local function claimed_run(id, token, delivery, f)
  return { id, token, f.key, f.task, f.body, f.attempt, delivery, f.due, f.note, f.entries and journal.fields(id) or {} }
end

-- The token of all runs that this step starts: a token is unique together with the ID of the execution.
local claim_token = nil

-- Starts one execution. If a strike or limit holds it back, moves it to the queue of that strike or limit and returns
-- nil.
local function start_run(id, worker, lease, max_deliveries, struck)
  local f = execution.read_fields(id, 'state', 'key', 'task', 'body', 'attempt', 'delivery', 'due', 'priority', 'limits',
    'let_go', 'timed', 'offered', 'watch', 'note', 'owner', 'entries')
  if f.state ~= 'queued' or not (f.key and f.task and f.body and f.due) then
    error('it is not a complete, queued execution', 0)
  end
  if f.offered then
    execution.erase(id, 'offered', 'at')
    call('ZREM', prefix .. 'timed', id)
  end
  -- Gives back the turn that an offer has kept, because the execution does not start.
  local function hold_back()
    if f.offered then
      queue.run_ended(id, f.owner)
    end
    return nil
  end
  local limits = f.limits and cjson.decode(f.limits)
  if struck and struck[f.task] then
    local set = 'struck:' .. f.task
    call('ZADD', prefix .. set, docket.back_position(f.priority), id)
    execution.write(id, 'at', set)
    execution.erase(id, 'let_go')
    lanes.release_next(limits)
    return hold_back()
  end
  if limits then
    if f.let_go then
      execution.erase(id, 'let_go')
    end
    local concurrency, rate = limits.concurrency, limits.rate
    if concurrency and not lanes.acquire_slot(concurrency, id, f.let_go) then
      return hold_back()
    end
    local start_at = rate and lanes.reserve_start(rate, f.timed)
    if start_at then
      -- An execution that waits for its start time must not occupy a slot of the lane meanwhile.
      if concurrency then
        call('SREM', prefix .. 'lane:' .. concurrency[1], id)
      end
      lanes.release_next(limits)
      execution.write(id, 'timed', '1', 'at', 'timed')
      call('ZADD', prefix .. 'timed', int(start_at), id)
      docket.timers_changed = true
      return hold_back()
    end
    if f.timed then
      execution.erase(id, 'timed')
    end
  end
  claim_token = claim_token or docket.new_token()
  local delivery = int((tonumber(f.delivery) or 0) + 1)
  execution.start(id, claim_token, delivery, max_deliveries, worker)
  counts.moved(f.task, 'queued', 'running')
  if delivery == '1' then
    counts.started(f.task, f.due)
  end
  docket.defer('ZADD', 'leases', int(now + lease), id)
  if f.owner then
    queue.owner_started(id, f.owner)
  end
  events.publish_state(id, f.watch)
  return claimed_run(id, claim_token, delivery, f)
end

-- Repeats the reply to a claim, without the runs that have ended since.
local function repeat_answer(got)
  local claimed = {}
  local token = string.match(got, '^%d+')
  for id in string.gmatch(got, ' (%d+)') do
    local f = execution.read_fields(id, 'state', 'token', 'key', 'task', 'body', 'attempt', 'delivery', 'due', 'note',
      'entries')
    if f.state == 'running' and f.token == token then
      claimed[#claimed + 1] = claimed_run(id, token, f.delivery, f)
    end
  end
  return claimed
end

-- Returns how long the worker may sleep, and the claimed executions.
function steps.claim()
  local worker, limit, lease, max_deliveries, nonce = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11]
  local max_sleep, slots = tonumber(ARGV[12]), ARGV[13]
  local sleeper = this_process .. ' ' .. worker
  call('ZREM', prefix .. 'sleepers', sleeper)
  local last_nonce, last_runs = unpack(call('HMGET', prefix .. 'w:' .. worker, 'nonce', 'got'))
  record_heartbeat(worker, lease, slots)
  if last_nonce == nonce and last_runs then
    local claimed = repeat_answer(last_runs)
    if #claimed > 0 then
      return { '0', int(now), '', claimed }
    end
  end
  local claimed, runs = {}, {}
  local free = nil
  if call('EXISTS', prefix .. 'turns') == 1 then
    free = queue.free_slots(limit)
    if not queue.next_owner(free) then
      queue.drop_lost_runs()
    end
  end
  if not docket.paused then
    local struck = nil
    for _, task in ipairs(call('SMEMBERS', prefix .. 'struck')) do
      struck = struck or {}
      struck[task] = true
    end
    local function start_all(popped)
      for i = 1, #popped, 2 do
        local run = ending.guarded(popped[i], start_run, worker, lease, max_deliveries, struck)
        if run then
          claimed[#claimed + 1] = run
          runs[#runs + 1] = run[1]
        end
      end
      return #popped > 0
    end
    while #claimed < limit and start_all(call('ZPOPMIN', prefix .. 'offers:' .. worker)) do
    end
    -- The rounds are bounded, because thousands of struck or limited executions may precede the first one that can
    -- start, and Redis serves no other client meanwhile.
    local rounds = 0
    while #claimed < limit and rounds < 64 do
      local before = #claimed
      -- One at a time if owners wait, because each run changes the order.
      local popped = free and queue.pop_ready(free - before) or call('ZPOPMIN', prefix .. 'ready', limit - before)
      if not start_all(popped) then
        break
      end
      if not free or #claimed == before then
        rounds = rounds + 1
      end
    end
  end
  local owner_waits = free and queue.next_owner(free - #claimed)
  if #claimed > 0 then
    docket.timers_changed = true
    call('HSET', prefix .. 'w:' .. worker, 'nonce', nonce, 'got', claim_token .. ' ' .. table.concat(runs, ' '))
    -- If work is left, wake another sleeper: the wake-up for that work may have gone to this worker.
    local left = call('ZCARD', prefix .. 'ready') + (owner_waits and 1 or 0)
    docket.ready_added = math.min(math.max(docket.ready_added, 1), left)
    return { '0', int(now), '', claimed }
  end
  local timer = timers.next_timer()
  local sleep = max_sleep
  if timer then
    sleep = math.max(math.min(sleep, timer - now), 0)
  end
  if not docket.paused and (owner_waits or call('ZCARD', prefix .. 'ready') > 0) then
    sleep = 0
  end
  -- No other sleeper has to be woken: this worker claims again for the executions that are left.
  docket.ready_added = 0
  call('ZADD', prefix .. 'sleepers', int(now + sleep), sleeper)
  docket.expire_after(prefix .. 'sleepers', 60000000 + 2 * max_sleep)
  return { int(math.max(sleep, 1)), int(now), '', claimed }
end

-- Extends leases; returns the runs that the worker has lost.
function steps.renew()
  local worker, lease = ARGV[7], tonumber(ARGV[8])
  record_heartbeat(worker, lease)
  local lost = {}
  for i = 9, #ARGV, 2 do
    local id, token = ARGV[i], ARGV[i + 1]
    local f = execution.read_fields(id, 'state', 'token')
    if f.state == 'running' and f.token == token then
      call('ZADD', prefix .. 'leases', int(now + lease), id)
    else
      lost[#lost + 1] = { id, token }
    end
  end
  return lost
end
