-- The beginning of every step: the clock, the docket's own numbers, and the helpers that all steps share.
--
-- The files of this directory are one script, in the order in which `script.rs` names them. KEYS[1] is the docket's
-- root; every other key has the same prefix and hash tag. ARGV[1] is the step, ARGV[2..5] are the docket's bounds,
-- ARGV[6] is the node that asks, and what follows belongs to the step.
local P = string.sub(KEYS[1], 1, -5)
local call = redis.call

local clock = call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

local capacity = tonumber(ARGV[2])
local result_ttl = tonumber(ARGV[3])
local result_capacity = tonumber(ARGV[4])
local dead_ttl = tonumber(ARGV[5])
local this_node = ARGV[6]

local root = call('HMGET', KEYS[1], 'version', 'id', 'token', 'back', 'front', 'paused')
if root[1] and root[1] ~= '1' then
  return redis.error_reply('LAYOUT the docket is kept in layout ' .. root[1]
    .. ', this program knows layout 1: upgrade the older of the two')
end
local last_id = tonumber(root[2]) or 0
local last_token = tonumber(root[3]) or 0
local back = tonumber(root[4]) or 0
local front = tonumber(root[5]) or 0
local paused = root[6] == '1'
local dirty = not root[1]
local pending = call('ZCARD', P .. 'alive')

-- How many executions became ready, whether the next moment may have changed, whether pending ones ended.
local work = 0
local moments = false
local fewer = false

-- Lua prints large numbers with an exponent where they become text.
local function int(number)
  return string.format('%.0f', number)
end

local function x(id)
  return P .. 'x:' .. id
end

-- Numbers and tokens rise with the clock: a store that lost its last seconds gives none out again.
local function new_id()
  last_id = math.max(last_id + 1, now)
  dirty = true
  return int(last_id)
end

local function new_token()
  last_token = math.max(last_token + 1, now)
  dirty = true
  return int(last_token)
end

-- What many elements of a batch do to one set, in one call at the end of the step.
local later_calls = {}

local function in_the_end(command, set, ...)
  local name = command .. ' ' .. set
  local held = later_calls[name]
  if not held then
    held = { command, P .. set }
    later_calls[name] = held
  end
  for i = 1, select('#', ...) do
    held[#held + 1] = (select(i, ...))
  end
  -- Lua passes some thousands of arguments at most.
  if #held > 2000 then
    later_calls[name] = nil
    call(unpack(held))
  end
end

local function flush()
  local held = later_calls
  later_calls = {}
  for _, words in pairs(held) do
    call(unpack(words))
  end
end

local function expire_at(key, moment)
  call('PEXPIREAT', key, int(math.ceil(moment / 1000)))
end

local function expire_after(key, span)
  call('PEXPIRE', key, int(math.ceil(span / 1000)))
end

-- Where an id stands in a line: behind all others, or before them. One line holds three priorities.
local function last_in_line(priority)
  back = back + 1
  dirty = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 + back)
end

local function first_in_line(priority)
  front = front + 1
  dirty = true
  return int((2 * (tonumber(priority) or 1) + 1) * 1e15 - front)
end

local RECORD = {
  'key', 'task', 'state', 'attempt', 'delivery', 'priority', 'submitted', 'due', 'started', 'ended', 'worker',
  'cancelling', 'progress', 'failure', 'reason', 'history', 'note', 'parked', 'updated', 'result',
}

-- An event that would be larger than this leaves the result out; who hears it asks for it.
local EVENT_MAX = 16384

local function record(id, is_event)
  local values = call('HMGET', x(id), unpack(RECORD))
  if not values[3] then
    return false
  end
  local flat = { 'id', id }
  for i, name in ipairs(RECORD) do
    local value = values[i]
    if value then
      if is_event and name == 'result' and #value > EVENT_MAX then
        name, value = 'partial', '1'
      end
      flat[#flat + 1] = name
      flat[#flat + 1] = value
    end
  end
  return flat
end

local NODE_TTL = 60000000

-- Writes into a node's inbox; false when that node is not heard of any more.
local function tell(node, ...)
  local until_when = tonumber(call('ZSCORE', P .. 'nodes', node) or 0)
  if until_when <= now then
    return false
  end
  local inbox = P .. 'in:' .. node
  call('XADD', inbox, 'MAXLEN', '~', '16384', '*', ...)
  expire_after(inbox, NODE_TTL)
  return true
end

-- Tells those who watch an execution what state it is in now.
local function announce(id, watch)
  if not watch then
    return
  end
  local flat = record(id, true)
  if flat then
    for node in string.gmatch(watch, '%x+') do
      tell(node, 'event', 'state', unpack(flat))
    end
  end
end

local function remember(history, worker, attempt, delivery, what)
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

local function ready_first(id, priority)
  call('ZADD', P .. 'ready', first_in_line(priority), id)
  work = work + 1
end

local function ready_last(id, priority)
  call('ZADD', P .. 'ready', last_in_line(priority), id)
  work = work + 1
end
