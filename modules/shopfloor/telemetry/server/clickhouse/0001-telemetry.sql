-- Samples as they came, one row for each (series, source time): the last received wins (decision 15), so `lag_ms`, received minus source
-- time, is the version. Numbers are mantissa / 10^exponent with the fewest digits, exact both ways: 2.5 bytes a row against 3.1 with
-- doubles on a recorded steel works. Exponent -128: the mantissa holds the double's 64 bits.
create table if not exists sample (
  org_no UInt32,
  series UInt32,
  ts DateTime64(3, 'UTC') codec(DoubleDelta, ZSTD(1)),
  mantissa Int64 codec(T64, ZSTD(1)),
  exponent Int8 codec(ZSTD(1)),
  quality UInt8 codec(ZSTD(1)),
  lag_ms Int64 codec(T64, ZSTD(1)),
  seq Int64 codec(Delta, ZSTD(1)),
  -- 0 instant, 1 counter, 2 interval, 3 state: decides the roll-up without asking PostgreSQL.
  kind UInt8 codec(ZSTD(1)),
  value Float64 alias if(exponent = -128, reinterpretAsFloat64(mantissa), mantissa / exp10(exponent))
) engine = ReplacingMergeTree(lag_ms)
partition by toYYYYMM(ts)
order by (org_no, series, ts)
settings non_replicated_deduplication_window = 1000;

-- Texts, and integers beyond 2^53 as the decimal text they came in.
create table if not exists sample_text (
  org_no UInt32,
  series UInt32,
  ts DateTime64(3, 'UTC') codec(DoubleDelta, ZSTD(1)),
  text String codec(ZSTD(3)),
  quality UInt8 codec(ZSTD(1)),
  lag_ms Int64 codec(T64, ZSTD(1)),
  seq Int64 codec(Delta, ZSTD(1))
) engine = ReplacingMergeTree(lag_ms)
partition by toYYYYMM(ts)
order by (org_no, series, ts)
settings non_replicated_deduplication_window = 1000;

-- The newest sample of each series by source time: pages ask for thousands of them at once.
create table if not exists latest (
  org_no UInt32,
  series UInt32,
  ts DateTime64(3, 'UTC'),
  mantissa Int64,
  exponent Int8,
  quality UInt8,
  lag_ms Int64,
  seq Int64,
  value Float64 alias if(exponent = -128, reinterpretAsFloat64(mantissa), mantissa / exp10(exponent))
) engine = ReplacingMergeTree(ts)
order by (org_no, series);

create table if not exists latest_text (
  org_no UInt32,
  series UInt32,
  ts DateTime64(3, 'UTC'),
  text String,
  quality UInt8,
  lag_ms Int64,
  seq Int64
) engine = ReplacingMergeTree(ts)
order by (org_no, series);

-- Sums of whole minutes, recomputed from the samples whenever one of the minute came late: never added to (decision 16). `first` to
-- `last_ms` and `increase` let two neighbours be put together without the samples; see rollup-rules.ts.
create table if not exists rollup_minute (
  org_no UInt32,
  series UInt32,
  start DateTime('UTC') codec(DoubleDelta, ZSTD(1)),
  kind UInt8 codec(ZSTD(1)),
  n UInt32 codec(T64, ZSTD(1)),
  n_uncertain UInt32 codec(ZSTD(1)),
  n_bad UInt32 codec(ZSTD(1)),
  sum Float64 codec(ZSTD(1)),
  min Float64 codec(ZSTD(1)),
  max Float64 codec(ZSTD(1)),
  first Float64 codec(ZSTD(1)),
  last Float64 codec(ZSTD(1)),
  first_ms Int64 codec(DoubleDelta, ZSTD(1)),
  last_ms Int64 codec(DoubleDelta, ZSTD(1)),
  increase Float64 codec(ZSTD(1)),
  durations Map(Int32, UInt32) codec(ZSTD(1)),
  version UInt64 codec(Delta, ZSTD(1))
) engine = ReplacingMergeTree(version)
partition by toYYYYMM(start)
order by (org_no, series, start);

create table if not exists rollup_hour as rollup_minute
engine = ReplacingMergeTree(version)
partition by toYear(start)
order by (org_no, series, start);
