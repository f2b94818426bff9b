/**
 * The two sums of decision 16 as SQL, both with the columns of `rollup_minute`: of samples, and of sums. They are one definition with
 * `mergeRollups` in rollup-rules.ts; roll-up.test.ts holds them together. Both give the same bits for the same samples however these came:
 * short decimals are added as whole numbers, everything else in order of time.
 */
export interface Stretch {
  /** SQL over the source's columns; must lead with org_no and series, so that the key is used. */
  where: string
  /** SQL of a bucket's start in ms from `at_ms`. */
  bucket: string
  /** [from, until) as SQL, in ms; of intervals, which stamp their end, (from, until]. */
  fromMs: string
  untilMs: string
}

/** Whole number of nines: a sum of mantissas scaled to 10^-9 stays exact in 128 bits for 10^12 samples. */
const SCALE_DIGITS = 9

const columns = `org_no, series, bucket, kind, n, n_uncertain, n_bad, sum, min, max, first, last, first_ms, last_ms, increase, durations`

const durationsOf = (pairs: string) =>
  `cast(arrayReduce('sumMap', [arrayMap(x -> x.1, ${pairs})], [arrayMap(x -> x.2, ${pairs})]), 'Map(Int32, UInt64)')`

export const sumOfSamples = ({ where, bucket, fromMs, untilMs }: Stretch): string => `
select ${columns} from (
  select org_no, series, ${bucket} as bucket, any(kind) as kind,
    toUInt32(count()) as n,
    toUInt32(countIf(quality >= 64 and quality < 128)) as n_uncertain,
    toUInt32(countIf(quality >= 128)) as n_bad,
    countIf(ok) as valued,
    countIf(ok or kind_of = 3) as ordered,
    toFloat64(sumIf(toInt128(mantissa) * intExp10(${SCALE_DIGITS} - exponent), ok and exponent >= 0 and exponent <= ${SCALE_DIGITS})) / 1e${SCALE_DIGITS}
      + arrayReduce('sumKahan', arrayMap(x -> x.2, arraySort(groupArrayIf((ts_ms, v), ok and (exponent < 0 or exponent > ${SCALE_DIGITS}))))) as sum,
    if(valued = 0, inf, minIf(v, ok)) as min,
    if(valued = 0, -inf, maxIf(v, ok)) as max,
    if(ordered = 0, nan, argMinIf(v, ts_ms, ok or kind_of = 3)) as first,
    if(ordered = 0, nan, argMaxIf(v, ts_ms, ok or kind_of = 3)) as last,
    minIf(ts_ms, ok or kind_of = 3) as first_ms,
    maxIf(ts_ms, ok or kind_of = 3) as last_ms,
    arraySort(groupArrayIf((ts_ms, v), (kind_of = 1 and ok) or kind_of = 3)) as steps,
    arrayPopBack(steps) as steps_before,
    arrayPopFront(steps) as steps_after,
    if(kind = 1 and length(steps) > 1,
      steps[-1].2 - steps[1].2 + arraySum(arrayMap((a, b) -> if(b.2 < a.2, a.2, 0), steps_before, steps_after)), 0.) as increase,
    arrayMap((a, b) -> (toInt32(a.2), toUInt64(b.1 - a.1)),
      arrayFilter((a, b) -> kind = 3 and not isNaN(a.2), steps_before, steps_after),
      arrayFilter((b, a) -> kind = 3 and not isNaN(a.2), steps_after, steps_before)) as stays,
    ${durationsOf('stays')} as durations
  from (
    select org_no, series, kind as kind_of, mantissa, exponent, quality, toUnixTimestamp64Milli(ts) as ts_ms, ts_ms - (kind = 2) as at_ms,
      quality < 128 and not isNaN(value) as ok, if(ok, value, nan) as v, kind
    from sample final
    where ${where} and ts >= fromUnixTimestamp64Milli(toInt64(${fromMs}), 'UTC') and ts <= fromUnixTimestamp64Milli(toInt64(${untilMs}), 'UTC')
  )
  where at_ms >= ${fromMs} and at_ms < ${untilMs}
  group by org_no, series, bucket
)`

export const sumOfSums = (table: 'rollup_minute' | 'rollup_hour', { where, bucket, fromMs, untilMs }: Stretch): string => `
select ${columns} from (
  select org_no, series, ${bucket} as bucket, any(kind_of) as kind,
    toUInt32(sum(n_of)) as n,
    toUInt32(sum(n_uncertain_of)) as n_uncertain,
    toUInt32(sum(n_bad_of)) as n_bad,
    arraySort(groupArrayIf((at_ms, first_of, last_of, first_ms_of, last_ms_of, increase_of, sum_of), first_ms_of > 0)) as parts,
    arrayPopBack(parts) as parts_before,
    arrayPopFront(parts) as parts_after,
    arrayReduce('sumKahan', arrayMap(x -> x.7, parts)) as sum,
    min(min_of) as min,
    max(max_of) as max,
    if(empty(parts), nan, parts[1].2) as first,
    if(empty(parts), nan, parts[-1].3) as last,
    if(empty(parts), 0, parts[1].4) as first_ms,
    if(empty(parts), 0, parts[-1].5) as last_ms,
    if(kind = 1, arrayReduce('sumKahan', arrayMap(x -> x.6, parts))
      + arraySum(arrayMap((a, b) -> if(b.2 >= a.3, b.2 - a.3, b.2), parts_before, parts_after)), 0.) as increase,
    arrayMap((a, b) -> (toInt32(a.3), toUInt64(b.4 - a.5)),
      arrayFilter((a, b) -> kind = 3 and not isNaN(a.3), parts_before, parts_after),
      arrayFilter((b, a) -> kind = 3 and not isNaN(a.3), parts_after, parts_before)) as stays,
    mapAdd(sumMap(cast(durations_of, 'Map(Int32, UInt64)')), ${durationsOf('stays')}) as durations
  from (
    select org_no, series, toInt64(toUnixTimestamp(start)) * 1000 as at_ms, kind as kind_of, n as n_of, n_uncertain as n_uncertain_of,
      n_bad as n_bad_of, sum as sum_of, min as min_of, max as max_of, first as first_of, last as last_of, first_ms as first_ms_of,
      last_ms as last_ms_of, increase as increase_of, durations as durations_of
    from ${table} final
    where ${where} and start >= toDateTime(intDiv(${fromMs}, 1000), 'UTC') and start < toDateTime(intDiv(${untilMs}, 1000), 'UTC')
  )
  group by org_no, series, bucket
)`

/** `insert into rollup_minute` or `rollup_hour`, from one of the sums above. */
export const storeSums = (table: 'rollup_minute' | 'rollup_hour', sums: string, version: number): string => `
insert into ${table} (org_no, series, start, kind, n, n_uncertain, n_bad, sum, min, max, first, last, first_ms, last_ms, increase, durations, version)
select org_no, series, toDateTime(intDiv(bucket, 1000), 'UTC'), kind, n, n_uncertain, n_bad, sum, min, max, first, last, first_ms, last_ms,
  increase, cast(durations, 'Map(Int32, UInt32)'), ${version}
from (${sums})`

export const BY_MINUTE = 'intDiv(at_ms, 60000) * 60000'
export const BY_HOUR = 'intDiv(at_ms, 3600000) * 3600000'
