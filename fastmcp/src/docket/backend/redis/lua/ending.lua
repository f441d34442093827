-- The end of executions: the final step, the cancellation of waiting and running executions, and executions that
-- cannot be read.

-- Notes that the children of an execution are to be cancelled.
function family.orphan(id, key)
  call('ZADD', prefix .. 'orphans', int(now), id .. ' ' .. (key or '?'))
end

-- Deletes an ended execution that has been removed from all sets.
local function delete_execution(id)
  local f = execution.read_fields(id, 'key', 'letter')
  execution.delete(id)
  if f.letter then
    call('LREM', prefix .. 'd:' .. f.key, 0, id)
  end
  -- A newer execution may hold the key by now.
  if f.key and call('GET', prefix .. 'k:' .. f.key) == id then
    call('UNLINK', prefix .. 'k:' .. f.key)
  end
end

-- Deletes an ended execution that has been removed from all sets except those of the counts.
function ending.delete_ended(id)
  local f = execution.read_fields(id, 'state', 'task')
  if f.state then
    counts.remove_over(id)
    counts.count(f.task, f.state, -1)
  end
  docket.defer('ZREM', 'all', id)
  delete_execution(id)
end

-- Deletes the oldest executions of `ended` or `dead` beyond the limits of their number and bytes. At most 2000 per step:
-- later steps delete the rest.
function ending.trim(place)
  local limits, deleted = docket.limits_of[place], 0
  for _, id in ipairs(counts.oversized[place]) do
    if place == 'dead' then
      call('ZREM', prefix .. 'dead', id)
    end
    ending.delete_ended(id)
  end
  while deleted < 2000 do
    local surplus = call('ZCARD', prefix .. place) - limits.capacity
    if surplus <= 0 and docket.kept_bytes[place] > limits.bytes then
      surplus = 1
    end
    local oldest = surplus > 0 and call('ZPOPMIN', prefix .. place, math.min(surplus, 500)) or {}
    if not oldest[1] then
      return
    end
    for i = 1, #oldest, 2 do
      if place == 'dead' then
        ending.delete_ended(oldest[i])
      else
        local id = counts.forget_entry(oldest[i])
        if id then
          delete_execution(id)
        end
      end
    end
    deleted = deleted + #oldest / 2
  end
end

-- Ends an execution whose terminal state and end time are already written.
--
-- `keep` is the end of the execution's own retention period, and `successor` the replacement that waits for this end.
-- `is_behind` is set if the execution was itself a waiting replacement: the key then belongs to the running
-- execution. `is_letter` is set if the execution is kept as a dead letter.
function ending.finish(id, state, key, watch, successor, keep, is_behind, is_letter)
  events.publish_state(id, watch)
  local f = execution.read_fields(id, 'size', 'owner', 'entries', 'waiters', 'parent', 'children')
  local size, owner, entries, waiters, parent, children = f.size, f.owner, f.entries, f.waiters, f.parent, f.children
  if parent then
    call('ZREM', prefix .. 'children:' .. parent, id)
  end
  if children and state == 'cancelled' then
    family.orphan(id, key)
  elseif children then
    call('UNLINK', prefix .. 'children:' .. id)
  end
  docket.add_bytes(-(tonumber(size) or 0))
  if owner then
    call('ZREM', prefix .. 'own:' .. owner, id)
  end
  -- A dead letter keeps its journal, for a replay.
  if entries and (not is_letter or keep) then
    journal.clear(id)
  end
  local expires = now + (is_letter and docket.dead_letter_ttl or docket.result_ttl)
  if keep then
    -- An execution with its own retention period never becomes a dead letter, so its body is not needed any more.
    expires = tonumber(keep)
    execution.write(id, 'body', '')
    call('ZREM', prefix .. 'kept', id)
  elseif is_letter then
    execution.write(id, 'letter', '1')
    call('ZADD', prefix .. 'dead', int(expires), id)
    docket.expire_at(prefix .. 'dead', expires)
    call('RPUSH', prefix .. 'd:' .. key, id)
    docket.expire_at(prefix .. 'd:' .. key, expires)
  end
  counts.add_over(id, expires)
  -- A time in the past deletes the key at once.
  execution.expire_at(id, expires)
  docket.defer('ZREM', 'alive', id)
  docket.pending = docket.pending - 1
  docket.pending_fell = true
  if successor then
    call('SET', prefix .. 'k:' .. key, successor)
    execution.erase(successor, 'behind')
    call('ZREM', prefix .. 'aside', successor)
    ending.enqueue(successor)
  elseif not is_behind then
    docket.expire_at(prefix .. 'k:' .. key, expires)
  end
  if waiters then
    journal.wake_waiters(waiters)
  end
end

-- Adds a waiting execution to `later` if it is due later, or else to `ready`.
function ending.enqueue(id)
  local f = execution.read_fields(id, 'state', 'due', 'priority', 'watch', 'owner', 'task')
  if f.state == 'scheduled' then
    if (tonumber(f.due) or 0) > now then
      call('ZADD', prefix .. 'later', f.due, id)
      docket.timers_changed = true
      return
    end
    execution.write(id, 'state', 'queued', 'updated', int(now))
    counts.moved(f.task, 'scheduled', 'queued')
    events.publish_state(id, f.watch)
  end
  queue.push_ready_back(id, f.priority, f.owner)
end

-- Lets this process log a dead letter that no worker ends.
function ending.log_dead_letter(key, task, attempt, reason)
  events.send_event(this_process, 'event', 'dead', 'key', key or '?', 'task', task or '?', 'attempt', attempt or '1', 'reason',
    reason)
end

-- Replaces an execution that cannot be read with a dead letter that has an ID and key of its own.
--
-- The original hash is not changed, because another program may have written it.
local function dead_letter_unreadable(id, why)
  docket.run_deferred()
  for _, set in ipairs({ 'alive', 'all', 'ready', 'later', 'timed', 'leases', 'aside', 'kept' }) do
    call('ZREM', prefix .. set, id)
  end
  local is_readable, owner = pcall(execution.read, id, 'owner')
  if is_readable and owner then
    queue.remove_ready(id, owner)
    queue.run_ended(id, owner)
  end
  call('HDEL', prefix .. 'running', id)
  docket.pending = call('ZCARD', prefix .. 'alive')
  docket.pending_fell = true
  local letter = docket.new_id()
  local expires = now + docket.dead_letter_ttl
  local key = 'unreadable:' .. string.sub(id, 1, 256)
  execution.create(letter, { key = key, task = 'unreadable', state = 'dead', submitted = int(now), due = int(now),
    ended = int(now), priority = '1', size = '0', nonce = '', rest = '' }, { 'reason', why, 'letter', '1' })
  call('ZADD', prefix .. 'all', letter, letter)
  counts.count('unreadable', 'dead', 1)
  counts.add_over(letter, expires)
  execution.expire_at(letter, expires)
  call('ZADD', prefix .. 'dead', int(expires), letter)
  docket.expire_at(prefix .. 'dead', expires)
  call('RPUSH', prefix .. 'd:' .. key, letter)
  docket.expire_at(prefix .. 'd:' .. key, expires)
  call('SET', prefix .. 'k:' .. key, letter)
  docket.expire_at(prefix .. 'k:' .. key, expires)
  ending.log_dead_letter(key, 'unreadable', '1', why)
end

-- Calls `change(id, ...)`. If it fails, the execution becomes a dead letter, and the rest of the batch continues.
function ending.guarded(id, change, ...)
  local ok, answer = pcall(change, id, ...)
  if ok then
    return answer
  end
  local why = type(answer) == 'table' and answer.err or tostring(answer)
  local is_dead_letter, second_error = pcall(dead_letter_unreadable, id, 'the entry in Redis cannot be read: ' .. why)
  if not is_dead_letter then
    error(second_error, 0)
  end
  return nil
end

-- Marks a running execution as cancelled, and signals its worker.
function ending.signal_cancel(id, reason)
  local f = execution.read_fields(id, 'state', 'cancelling', 'worker', 'token', 'watch', 'children', 'key')
  if f.state ~= 'running' or f.cancelling then
    return
  end
  execution.write(id, 'cancelling', '1', 'reason', reason, 'updated', int(now))
  events.publish_state(id, f.watch)
  if f.children then
    family.orphan(id, f.key)
  end
  -- The token is part of the signal, so that the signal cannot cancel a later run of the same execution.
  local signals = prefix .. 'signals:' .. f.worker
  call('SADD', signals, id .. ' ' .. f.token)
  local process, lease = unpack(call('HMGET', prefix .. 'w:' .. f.worker, 'node', 'lease'))
  docket.expire_after(signals, 60000000 + 2 * (tonumber(lease) or 0))
  if process then
    events.send_event(process, 'event', 'signal', 'worker', f.worker)
  end
end

-- Cancels a scheduled or queued execution; returns false for any other.
function ending.cancel_waiting(id, reason)
  local f = execution.read_fields(id, 'state', 'key', 'behind', 'offered', 'limits', 'at', 'watch', 'keep', 'owner',
    'task')
  if f.state ~= 'scheduled' and f.state ~= 'queued' then
    return false
  end
  execution.write(id, 'state', 'cancelled', 'reason', reason, 'body', '', 'ended', int(now))
  counts.moved(f.task, f.state, 'cancelled')
  if f.behind then
    execution.erase(f.behind, 'successor')
    call('ZREM', prefix .. 'aside', id)
  elseif f.state == 'scheduled' then
    call('ZREM', prefix .. 'later', id)
  else
    -- `at` names the set that holds a queued execution, if that is not the set of the ready ones.
    queue.remove_ready(id, f.owner, f.at)
  end
  if f.offered then
    call('ZREM', prefix .. 'offers:' .. f.offered, id)
    queue.run_ended(id, f.owner)
  end
  -- The execution may have been released for a free slot of its lane, which now goes to the next one.
  if f.limits then
    lanes.release_next(cjson.decode(f.limits))
  end
  ending.finish(id, 'cancelled', f.key, f.watch, false, f.keep, f.behind)
  return true
end

-- Removes a run's lease, lane slot and cancellation signal. Without `owner`, the execution keeps the turn of its owner.
function ending.release_run(id, worker, token, cancelling, limits, owner)
  docket.defer('ZREM', 'leases', id)
  queue.run_ended(id, owner)
  if cancelling then
    call('SREM', prefix .. 'signals:' .. worker, id .. ' ' .. token)
  end
  if limits then
    limits = cjson.decode(limits)
    if limits.concurrency then
      call('SREM', prefix .. 'lane:' .. limits.concurrency[1], id)
    end
    lanes.release_next(limits)
  end
end
