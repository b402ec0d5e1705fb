-- KEYS: tally, then the names of the session.
local session = find_session(2)
local ended = nil
if not session then
  ended = 'not_started'
elseif session.used_by then
  ended = 'used'
elseif now >= tonumber(session.expires) then
  ended = 'expired'
elseif tonumber(session.attempts) >= step.max_attempts and session.last_attempt ~= step.attempt then
  ended = 'too_many_attempts'
end
if ended then
  tally(step.tally .. ':' .. ended)
  return cjson.encode({now = now, ended = ended})
end
local attempts = tonumber(session.attempts)
if session.last_attempt ~= step.attempt then
  attempts = redis.call('HINCRBY', session.key, 'attempts', 1)
  redis.call('HSET', session.key, 'last_attempt', step.attempt)
end
return cjson.encode({now = now, reservation = session.reservation, msg_id = session.msg_id, attempts = attempts})
