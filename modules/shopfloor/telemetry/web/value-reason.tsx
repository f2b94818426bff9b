import { useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { formatAge, formatDateTimeSeconds } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { QualityTag, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { qualityName, qualityStatus } from '#values/quality.ts'
import type { DevicePace, Sample, TelemetryPoint } from '../contract.ts'
import { telemetryQueries } from './queries.ts'
import { pointLabel, valueText } from './sample-value.tsx'
import { isQuiet } from './value-state.ts'

interface Props {
  deviceId: string
  /** Set where the device is a partner's: why it has no value is told to its owner alone. */
  ownerId: string | undefined
  point: TelemetryPoint
  sample: Sample | null
  now: number
}

/** Is it good and new, with nothing to ask about? Asked of five hundred cards each second. */
export const isPlain = (point: TelemetryPoint, sample: Sample | null, now: number, pace: DevicePace | null | undefined): boolean =>
  sample !== null && qualityStatus(sample.quality) === 'good' && !isQuiet(point, sample, now, pace)

/** The quality of a value that is bad, uncertain, missing or no longer new; a click asks why. */
export function WhyButton({ sample, onAsk }: { sample: Sample | null; onAsk: () => void }) {
  const t = useWords('telemetry')
  const quiet = sample !== null && qualityStatus(sample.quality) === 'good'
  return (
    <button type="button" className="tm-why" aria-haspopup="dialog" onClick={onAsk}>
      {quiet ? <StatusTag tone="neutral">{t('why.quiet')}</StatusTag> : <QualityTag code={sample?.quality ?? null} />}
    </button>
  )
}

/** Stays open when the value is good again: who reads why it was bad goes on reading. */
export function ValueReason({ onClose, ...props }: Props & { onClose: () => void }) {
  const t = useWords('telemetry')
  return (
    <Modal open onCancel={onClose} footer={null} width={480} title={t('why.title')}>
      <Explained {...props} />
    </Modal>
  )
}

function Explained({ deviceId, ownerId, point, sample, now }: Props) {
  const t = useWords('telemetry')
  const locale = useLocale()
  const status = sample === null ? 'none' : qualityStatus(sample.quality)
  const isGood = status === 'good'
  const { data } = useQuery({ ...telemetryQueries.lastGood(point.id, deviceId, ownerId), enabled: !isGood })
  const good = data?.sample
  const refused = data?.refused && (good == null || Date.parse(data.refused.at) > good.atMs) ? data.refused : undefined
  return (
    <section className="tm-explained" aria-label={t('why.title')}>
      <h4>
        {pointLabel(point, locale)} · {t(`ui:quality.${status}`)}
      </h4>
      {sample && (
        <p className="ls-quiet">
          {isGood
            ? t('why.last', { at: formatDateTimeSeconds(sample.atMs), age: formatAge(sample.atMs, now, t) })
            : t('why.newest', { quality: t(`ui:quality.codes.${qualityName(sample.quality)}`), at: formatDateTimeSeconds(sample.atMs) })}
        </p>
      )}
      {!isGood && data && (
        <p>
          {good
            ? t('why.lastGood', {
                value: valueText(point, good.value, { on: t('on'), off: t('off') }),
                at: formatDateTimeSeconds(good.atMs),
                age: formatAge(good.atMs, now, t),
              })
            : t('why.noGood')}
        </p>
      )}
      {refused && <p>{t('why.refused', { reason: t(`counts.${refused.reason}`), at: formatDateTimeSeconds(refused.at) })}</p>}
      {ownerId === undefined && <Panels slot="telemetry.reason" props={{ deviceId, pointName: point.name, status, atMs: sample?.atMs }} />}
    </section>
  )
}
