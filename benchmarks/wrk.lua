-- What wrk sends, and how it tells what it found. From the environment:
--   BENCH_BODIES  a file, one request body a line
--   BENCH_DELAY   milliseconds between an answer and the next request of a connection, about
--   BENCH_ONCE    set: every body is sent once, then "all answered" is printed; the caller interrupts wrk
-- wrk itself counts answers that are not 2xx. Bodies are read only for BENCH_ONCE: reading 25 KB an answer
-- here would take the processor from the server. load.mjs compares the mean size of the answers instead.
local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } bench_time;
    int clock_gettime(int clock, bench_time *time);
]]

local bodies = {}
for line in io.lines(os.getenv("BENCH_BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = bodies[1]

local pace = tonumber(os.getenv("BENCH_DELAY") or "")
local threads = {}

-- Microseconds of the clock that only goes forward.
local function now()
    local time = ffi.new("bench_time")
    ffi.C.clock_gettime(1, time)
    return tonumber(time.seconds) * 1e6 + tonumber(time.nanoseconds) / 1e3
end

function setup(thread) threads[#threads + 1] = thread end

-- Connections that kept step would meet in bursts.
if pace then
    function delay() return math.random(math.floor(pace * 0.8), math.floor(pace * 1.2)) end
end

if os.getenv("BENCH_ONCE") then
    local given, sent, answered = 0, 0, 0
    began, ended, faults = 0, 0, 0

    -- Called before each request: beyond the last one a connection waits for the end.
    function delay()
        given = given + 1
        return given > #bodies and 1e7 or 0
    end

    function request()
        if sent == 0 then began = now() end
        sent = sent + 1
        return wrk.format(nil, nil, nil, bodies[sent])
    end

    function response(status, _, body)
        answered = answered + 1
        if status ~= 200 or body:find('"errors"', 1, true) or not body:find('"userErrors":[]', 1, true) then
            faults = faults + 1
        end
        if answered == #bodies then
            ended = now()
            io.stderr:write("all answered\n")
        end
    end
end

function done(summary, latency)
    local microseconds, faults = summary.duration, 0
    for _, thread in ipairs(threads) do
        if thread:get("ended") then
            microseconds = thread:get("ended") - thread:get("began")
            faults = faults + thread:get("faults")
        end
    end
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p99":%.3f,"max":%.3f,"errors":%d}\n',
        summary.requests, microseconds / 1e6, summary.bytes,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout + faults))
end
