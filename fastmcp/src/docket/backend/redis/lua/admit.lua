-- Submission: keys in use, replacements, cooldowns and the capacity.

local REPLACED = 'replaced by a later submission under the same key'
local is_waiting = { scheduled = true, queued = true }

-- Resolves a due time: an empty text is now, `after <duration>` and `at <time>` are later.
function admission.resolve_due(when)
  local kind, value = string.match(when, '^(%a+) (%d+)$')
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
  local f = execution.read_fields(id, 'state', 'token', 'key', 'nonce')
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
  if docket.pending >= docket.capacity then
    return { 'full', int(docket.capacity) }
  end
  if docket.pending_bytes + #m.body + #(m.note or '') > docket.capacity_bytes then
    return { 'space', int(docket.capacity_bytes), int(docket.pending) }
  end
  local set = m.owner and prefix .. 'own:' .. m.owner
  if set and call('ZCARD', set) >= docket.owner_capacity then
    -- A program that keeps no such set may have ended some of the executions.
    for _, id in ipairs(call('ZRANGE', set, 0, 99)) do
      if not call('ZSCORE', prefix .. 'alive', id) then
        call('ZREM', set, id)
      end
    end
    if call('ZCARD', set) >= docket.owner_capacity then
      return { 'owner', int(docket.owner_capacity) }
    end
  end
  return nil
end

-- Writes a new execution and starts its cooldown. The caller adds it to a queue.
local function write_execution(m)
  local id = docket.new_id()
  local due = admission.resolve_due(m.when)
  local state = due <= now and 'queued' or 'scheduled'
  local size = #m.body + #(m.note or '')
  docket.add_bytes(size)
  local rare = {}
  local function put(name, value)
    rare[#rare + 1] = name
    rare[#rare + 1] = value
  end
  if m.owner then
    put('owner', m.owner)
    call('ZADD', prefix .. 'own:' .. m.owner, int(now), id)
  end
  if m.limits then
    put('limits', cjson.encode(m.limits))
  end
  if m.parent and family.adopt(id, m.parent) then
    put('parent', m.parent)
  end
  if m.timetable then
    put('plan', m.timetable)
  end
  if m.note then
    put('note', m.note)
  end
  if m.keep then
    local keep = int(now + m.keep)
    put('keep', keep)
    call('ZADD', prefix .. 'kept', keep, id)
    docket.timers_changed = true
  end
  execution.create(id, { key = m.key, task = m.task, state = state, priority = m.priority, submitted = int(now), due = int(due),
    nonce = m.nonce, size = int(size), rest = m.body }, rare)
  call('ZADD', prefix .. 'alive', int(now), id)
  call('ZADD', prefix .. 'all', id, id)
  counts.count(m.task, state, 1)
  docket.pending = docket.pending + 1
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
    docket.timers_changed = true
  else
    queue.push_ready_back(id, m.priority, m.owner)
  end
  return { 'accepted', id }
end

-- Accepts a replacement that waits until the running execution of its key ends.
local function accept_behind(running, m)
  local earlier = execution.read(running, 'successor')
  local refusal = not earlier and no_room(m)
  if refusal then
    return refusal
  end
  if earlier then
    ending.cancel_waiting(earlier, REPLACED)
  end
  local id, due, state = write_execution(m)
  execution.write(id, 'behind', running)
  execution.write(running, 'successor', id)
  if state == 'scheduled' then
    call('ZADD', prefix .. 'aside', int(due), id)
  end
  if m.conflict == 'cancel' then
    ending.signal_cancel(running, REPLACED)
  end
  return { 'accepted', id }
end

-- Admits one submission of any kind.
function admission.admit(m)
  -- MGET, unlike GET, returns nil for a value of another type. Only another program can have written such a value; it
  -- is overwritten.
  local present = call('MGET', prefix .. 'k:' .. m.key)[1]
  local f = present and execution.read_fields(present, 'state', 'nonce', 'successor') or {}
  -- The nonce identifies a repeated submission whose first reply was lost.
  if f.nonce and f.nonce == m.nonce then
    return { 'accepted', present }
  end
  if f.successor and execution.read(f.successor, 'nonce') == m.nonce then
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
    ending.cancel_waiting(present, REPLACED)
  end
  return accept(m)
end

-- Decodes optional bytes: a value that is present begins with `=`, so that empty and absent differ.
function admission.optional(text)
  return text ~= '' and string.sub(text, 2) or nil
end

-- The number of arguments after a submission with options: the due time, the conflict, the limits, the note, the
-- retention, the timetable, the owner and the parent.
local OPTION_ARGS = 8

-- A submission is one argument. `+` before it means that options follow.
function steps.submit()
  local answers = {}
  local i = 7
  while i <= #ARGV do
    local text = ARGV[i]
    local has_options = string.sub(text, 1, 1) == '+'
    local m = execution.parts_of_submission(has_options and string.sub(text, 2) or text)
    m.when, m.conflict = '', 'keep'
    if has_options then
      local limits, timetable, owner, parent = ARGV[i + 3], ARGV[i + 6], ARGV[i + 7], ARGV[i + 8]
      m.when, m.conflict, m.limits = ARGV[i + 1], ARGV[i + 2], limits ~= '' and cjson.decode(limits) or nil
      m.note, m.keep = admission.optional(ARGV[i + 4]), tonumber(ARGV[i + 5])
      m.timetable = timetable ~= '' and timetable or nil
      m.owner, m.parent = owner ~= '' and owner or nil, parent ~= '' and parent or nil
      i = i + OPTION_ARGS
    end
    i = i + 1
    docket.run_deferred()
    answers[#answers + 1] = admission.admit(m)
  end
  return answers
end
