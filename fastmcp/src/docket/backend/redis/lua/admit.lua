-- Submission: keys in use, replacements, cooldowns and the capacity.

local REPLACED = 'replaced by a later submission under the same key'
local is_waiting = { scheduled = true, queued = true }

-- Resolves a due time: now, after a duration, or at a time.
local function resolve_due(kind, value)
  if kind == 'after' then
    return math.max(now + tonumber(value), 1)
  elseif kind == 'at' then
    return math.max(tonumber(value), 1)
  end
  return now
end

-- Returns the execution whose cooldown covers submission `m`, and whether an earlier try of this same submission
-- created it.
local function cooldown_holder(m, lane)
  local id = call('GET', prefix .. 'cool:' .. lane)
  if not id then
    return nil
  end
  local f = read_fields(id, 'state', 'token', 'key', 'nonce')
  if not f.state then
    -- The execution has expired, but its cooldown still lasts.
    return id
  end
  if f.nonce == m.nonce then
    return id, true
  end
  local never_ran = not f.token
  local was_cancelled = never_ran and f.state == 'cancelled'
  local will_be_replaced = never_ran and f.key == m.key and m.conflict ~= 'keep'
  if was_cancelled or will_be_replaced then
    return nil
  end
  return id
end

-- Returns the answer to a message for which the docket has no room; nil if it has.
local function no_room(m)
  if pending >= capacity then
    return { 'full', int(capacity) }
  end
  if pending_bytes + #m.body + #(m.note or '') > capacity_bytes then
    return { 'space', int(capacity_bytes), int(pending) }
  end
  local set = m.owner and prefix .. 'own:' .. m.owner
  if set and call('ZCARD', set) >= owner_capacity then
    -- A program that keeps no such set may have ended some of the executions.
    for _, id in ipairs(call('ZRANGE', set, 0, 99)) do
      if not call('ZSCORE', prefix .. 'alive', id) then
        call('ZREM', set, id)
      end
    end
    if call('ZCARD', set) >= owner_capacity then
      return { 'owner', int(owner_capacity) }
    end
  end
  return nil
end

-- Writes the hash of a new execution and starts its cooldown. The caller adds it to a queue.
local function write_execution(m)
  local id = new_id()
  local due = resolve_due(m.when, m.time)
  local state = due <= now and 'queued' or 'scheduled'
  local set = { 'HSET', exec_key(id), 'key', m.key, 'task', m.task, 'state', state, 'body', m.body,
    'priority', m.priority, 'submitted', int(now), 'due', int(due), 'nonce', m.nonce }
  local size = #m.body + #(m.note or '')
  set[#set + 1] = 'size'
  set[#set + 1] = int(size)
  add_bytes(size)
  if m.owner then
    set[#set + 1] = 'owner'
    set[#set + 1] = m.owner
    call('ZADD', prefix .. 'own:' .. m.owner, int(now), id)
  end
  if m.limits then
    set[#set + 1] = 'limits'
    set[#set + 1] = cjson.encode(m.limits)
  end
  if m.parent and family.adopt(id, m.parent) then
    set[#set + 1] = 'parent'
    set[#set + 1] = m.parent
  end
  if m.timetable then
    set[#set + 1] = 'plan'
    set[#set + 1] = m.timetable
  end
  if m.note then
    set[#set + 1] = 'note'
    set[#set + 1] = m.note
  end
  if m.keep then
    local keep = int(now + m.keep)
    set[#set + 1] = 'keep'
    set[#set + 1] = keep
    call(unpack(set))
    call('ZADD', prefix .. 'kept', keep, id)
    timers_changed = true
  else
    call(unpack(set))
  end
  call('ZADD', prefix .. 'alive', int(now), id)
  call('ZADD', prefix .. 'all', id, id)
  count(m.task, state, 1)
  pending = pending + 1
  local cooldown = m.limits and m.limits.cooldown
  if cooldown then
    local remaining = math.max(due, now) + cooldown[2] - now
    call('SET', prefix .. 'cool:' .. cooldown[1], id, 'PX', int(math.max(math.ceil(remaining / 1000), 1)))
  end
  return id, due, state
end

local function accept(m)
  local refusal = no_room(m)
  if refusal then
    return refusal
  end
  local id, due, state = write_execution(m)
  call('SET', prefix .. 'k:' .. m.key, id)
  if state == 'scheduled' then
    call('ZADD', prefix .. 'later', int(due), id)
    timers_changed = true
  else
    push_ready_back(id, m.priority, m.owner)
  end
  return { 'accepted', id }
end

-- Accepts a replacement that waits until the running execution of its key ends.
local function accept_behind(running, m)
  local earlier = call('HGET', exec_key(running), 'successor')
  local refusal = not earlier and no_room(m)
  if refusal then
    return refusal
  end
  if earlier then
    cancel_waiting(earlier, REPLACED)
  end
  local id, due, state = write_execution(m)
  call('HSET', exec_key(id), 'behind', running)
  call('HSET', exec_key(running), 'successor', id)
  if state == 'scheduled' then
    call('ZADD', prefix .. 'aside', int(due), id)
  end
  if m.conflict == 'cancel' then
    signal_cancel(running, REPLACED)
  end
  return { 'accepted', id }
end

-- Admits one submission of any kind.
local function admit(m)
  -- MGET, unlike GET, returns nil for a value of another type. Only another program can have written such a value; it
  -- is overwritten.
  local present = call('MGET', prefix .. 'k:' .. m.key)[1]
  local f = present and read_fields(present, 'state', 'nonce', 'successor') or {}
  -- The nonce identifies a repeated submission whose first reply was lost.
  if f.nonce and f.nonce == m.nonce then
    return { 'accepted', present }
  end
  if f.successor and call('HGET', exec_key(f.successor), 'nonce') == m.nonce then
    return { 'accepted', f.successor }
  end
  if m.limits and m.limits.cooldown then
    local id, is_same = cooldown_holder(m, m.limits.cooldown[1])
    if id then
      return { is_same and 'accepted' or 'existing', id }
    end
  end
  if f.state == 'running' then
    if m.conflict == 'keep' then
      return { 'existing', present }
    elseif m.conflict == 'reject' then
      return { 'running', present }
    end
    return accept_behind(present, m)
  elseif is_waiting[f.state] then
    if m.conflict == 'keep' then
      return { 'existing', present }
    end
    cancel_waiting(present, REPLACED)
  end
  return accept(m)
end

-- Decodes optional bytes: a value that is present begins with `=`, so that empty and absent differ.
local function optional(text)
  return text ~= '' and string.sub(text, 2) or nil
end

-- The number of arguments per message.
local MESSAGE_ARGS = 13

-- Names and IDs of the `k:<key>` keys that this batch has yet to write.
local key_writes = {}

local function flush_key_writes()
  if #key_writes > 0 then
    call('MSET', unpack(key_writes))
    key_writes = {}
  end
end

-- Accepts a submission that is due now and has a free key, no limits, no note and no retention period. Most
-- submissions are like that. This path runs one command per submission; its other commands are combined at the end of
-- the batch.
local function accept_plain(key, task, body, priority, nonce)
  local refusal = no_room({ body = body })
  if refusal then
    return refusal
  end
  add_bytes(#body)
  local id, at = new_id(), int(now)
  call('HSET', exec_key(id), 'key', key, 'task', task, 'state', 'queued', 'body', body, 'priority', priority,
    'submitted', at, 'due', at, 'nonce', nonce, 'size', int(#body))
  defer('ZADD', 'alive', at, id)
  defer('ZADD', 'all', id, id)
  count(task, 'queued', 1)
  defer('ZADD', 'ready', back_position(priority), id)
  key_writes[#key_writes + 1] = prefix .. 'k:' .. key
  key_writes[#key_writes + 1] = id
  pending = pending + 1
  ready_added = ready_added + 1
  return { 'accepted', id }
end

local function submit()
  local answers, keys, is_used = {}, {}, {}
  local nonce = ARGV[7]
  for i = 8, #ARGV, MESSAGE_ARGS do
    keys[#keys + 1] = prefix .. 'k:' .. ARGV[i]
  end
  local present = call('MGET', unpack(keys))
  for i = 8, #ARGV, MESSAGE_ARGS do
    local key, limits, own_nonce = ARGV[i], ARGV[i + 7], nonce .. '.' .. #answers
    local is_plain = not present[#answers + 1] and not is_used[key] and limits == '' and ARGV[i + 4] == 'now'
      and ARGV[i + 8] == '' and ARGV[i + 9] == '' and ARGV[i + 10] == ''
      and ARGV[i + 11] == '' and ARGV[i + 12] == ''
    is_used[key] = true
    if is_plain then
      answers[#answers + 1] = accept_plain(key, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], own_nonce)
    else
      -- `admit` reads the store, so the writes of the earlier submissions must be complete.
      flush_key_writes()
      run_deferred()
      answers[#answers + 1] = admit({
        key = key, task = ARGV[i + 1], body = ARGV[i + 2], priority = ARGV[i + 3], when = ARGV[i + 4],
        time = ARGV[i + 5], conflict = ARGV[i + 6], limits = limits ~= '' and cjson.decode(limits) or nil,
        note = optional(ARGV[i + 8]), keep = tonumber(ARGV[i + 9]),
        timetable = ARGV[i + 10] ~= '' and ARGV[i + 10] or nil, owner = ARGV[i + 11] ~= '' and ARGV[i + 11] or nil,
        parent = ARGV[i + 12] ~= '' and ARGV[i + 12] or nil, nonce = own_nonce,
      })
    end
  end
  flush_key_writes()
  return answers
end
