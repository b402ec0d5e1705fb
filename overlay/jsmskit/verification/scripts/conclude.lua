-- KEYS: tally, then the names of the session.
local session = find_session(2)
local current = session ~= nil and session.reservation == step.reservation
local accepted = false
if current then
  local used_by = session.used_by or 'service'
  -- That the service told another attempt "used" is because of this one: it says "right" once.
  if step.right and (used_by == 'service' or used_by == step.attempt) then
    redis.call('HSET', session.key, 'used_by', step.attempt)
    accepted = true
  elseif step.undo then
    if redis.call('HSETNX', session.key, 'undone:' .. step.attempt, '1') == 1 then
      redis.call('HINCRBY', session.key, 'attempts', -1)
    end
  elseif step.ended == 'used' then
    redis.call('HSETNX', session.key, 'used_by', 'service')
  elseif step.ended == 'expired' then
    redis.call('HSET', session.key, 'expires', text(math.min(tonumber(session.expires), now)))
  end
end
tally(step.tally .. ((step.right and not accepted) and ':late' or ''))
return cjson.encode({accepted = accepted, current = current})
