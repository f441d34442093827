-- Taking executions in: keys in use, replacements, cooldowns, the bound.

local REPLACED = 'replaced under the same key'
local waiting = { scheduled = true, queued = true }

-- The moment that `kind` and `value` come to: now, after a span, or at a moment.
local function due_of(kind, value)
  if kind == 'after' then
    return math.max(now + tonumber(value), 1)
  elseif kind == 'at' then
    return math.max(tonumber(value), 1)
  end
  return now
end

-- The execution that the message is folded into, and whether it is the very same message, said again.
local function cooling(m, lane)
  local id = call('GET', P .. 'cool:' .. lane)
  if not id then
    return nil
  end
  local f = call('HMGET', x(id), 'state', 'token', 'key', 'nonce')
  if not f[1] then
    -- Its record is forgotten; the lane keeps quiet all the same.
    return id
  end
  if f[4] == m.nonce then
    return id, true
  end
  local never_ran = not f[2]
  local is_taken_back = never_ran and f[1] == 'cancelled'
  local is_replaced = never_ran and f[3] == m.key and m.conflict ~= 'keep'
  if is_taken_back or is_replaced then
    return nil
  end
  return id
end

-- Writes the execution down, without lining it up.
local function place(m)
  local id = new_id()
  local due = due_of(m.when, m.moment)
  local state = due <= now and 'queued' or 'scheduled'
  local set = { 'HSET', x(id), 'key', m.key, 'task', m.task, 'state', state, 'body', m.body, 'priority', m.priority,
    'submitted', int(now), 'due', int(due), 'nonce', m.nonce }
  if m.limits then
    set[#set + 1] = 'limits'
    set[#set + 1] = cjson.encode(m.limits)
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
    call('ZADD', P .. 'kept', keep, id)
    moments = true
  else
    call(unpack(set))
  end
  call('ZADD', P .. 'alive', int(now), id)
  pending = pending + 1
  local cooldown = m.limits and m.limits.cooldown
  if cooldown then
    local quiet = math.max(due, now) + cooldown[2] - now
    call('SET', P .. 'cool:' .. cooldown[1], id, 'PX', int(math.max(math.ceil(quiet / 1000), 1)))
  end
  return id, due, state
end

local function take_in(m)
  if pending >= capacity then
    return { 'full', int(capacity) }
  end
  local id, due, state = place(m)
  call('SET', P .. 'k:' .. m.key, id)
  if state == 'scheduled' then
    call('ZADD', P .. 'later', int(due), id)
    moments = true
  else
    ready_last(id, m.priority)
  end
  return { 'accepted', id }
end

local function put_behind(running, m)
  local earlier = call('HGET', x(running), 'successor')
  if not earlier and pending >= capacity then
    return { 'full', int(capacity) }
  end
  if earlier then
    cancel_waiting(earlier, REPLACED)
  end
  local id, due, state = place(m)
  call('HSET', x(id), 'behind', running)
  call('HSET', x(running), 'successor', id)
  if state == 'scheduled' then
    call('ZADD', P .. 'aside', int(due), id)
  end
  if m.conflict == 'cancel' then
    signal(running, REPLACED)
  end
  return { 'accepted', id }
end

local function admit(m)
  -- A value of another type under our own name is nobody's: it is written over.
  local present = call('MGET', P .. 'k:' .. m.key)[1]
  local f = present and call('HMGET', x(present), 'state', 'nonce', 'successor') or {}
  if f[2] and f[2] == m.nonce then
    return { 'accepted', present }
  end
  if f[3] and call('HGET', x(f[3]), 'nonce') == m.nonce then
    return { 'accepted', f[3] }
  end
  if m.limits and m.limits.cooldown then
    local id, is_same = cooling(m, m.limits.cooldown[1])
    if id then
      return { is_same and 'accepted' or 'existing', id }
    end
  end
  local state = f[1]
  if state == 'running' then
    if m.conflict == 'keep' then
      return { 'existing', present }
    elseif m.conflict == 'reject' then
      return { 'running', present }
    end
    return put_behind(present, m)
  elseif waiting[state] then
    if m.conflict == 'keep' then
      return { 'existing', present }
    end
    cancel_waiting(present, REPLACED)
  end
  return take_in(m)
end

-- What may be missing has a sign before it where it is there.
local function optional(text)
  return text ~= '' and string.sub(text, 2) or nil
end

local MESSAGE = 10

-- The keys that this batch has given away, and are yet to be written.
local holders = {}

local function write_holders()
  if #holders > 0 then
    call('MSET', unpack(holders))
    holders = {}
  end
end

-- Takes in what has a key that nobody uses and no limit, as most have: with one call of its own, and the rest in the end.
local function take_in_plainly(key, task, body, priority, nonce)
  if pending >= capacity then
    return { 'full', int(capacity) }
  end
  local id, at = new_id(), int(now)
  call('HSET', x(id), 'key', key, 'task', task, 'state', 'queued', 'body', body, 'priority', priority, 'submitted', at,
    'due', at, 'nonce', nonce)
  in_the_end('ZADD', 'alive', at, id)
  in_the_end('ZADD', 'ready', last_in_line(priority), id)
  holders[#holders + 1] = P .. 'k:' .. key
  holders[#holders + 1] = id
  pending = pending + 1
  work = work + 1
  return { 'accepted', id }
end

local function submit()
  local answers, keys, is_used = {}, {}, {}
  local nonce = ARGV[7]
  for i = 8, #ARGV, MESSAGE do
    keys[#keys + 1] = P .. 'k:' .. ARGV[i]
  end
  local holding = call('MGET', unpack(keys))
  for i = 8, #ARGV, MESSAGE do
    local key, limits, own = ARGV[i], ARGV[i + 7], nonce .. '.' .. #answers
    local is_plain = not holding[#answers + 1] and not is_used[key] and limits == '' and ARGV[i + 4] == 'now'
      and ARGV[i + 8] == '' and ARGV[i + 9] == ''
    is_used[key] = true
    if is_plain then
      answers[#answers + 1] = take_in_plainly(key, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], own)
    else
      write_holders()
      flush()
      answers[#answers + 1] = admit({
        key = key, task = ARGV[i + 1], body = ARGV[i + 2], priority = ARGV[i + 3], when = ARGV[i + 4],
        moment = ARGV[i + 5], conflict = ARGV[i + 6], limits = limits ~= '' and cjson.decode(limits) or nil,
        note = optional(ARGV[i + 8]), keep = tonumber(ARGV[i + 9]), nonce = own,
      })
    end
  end
  write_holders()
  return answers
end
