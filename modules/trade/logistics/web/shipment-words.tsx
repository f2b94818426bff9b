import { Tag } from 'antd'
import { formatDateTime } from '#ui/format.ts'
import { nameIn, type PageLocale, useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { Appointment, ShipmentHead, ShipmentState, Timed } from '../contract.ts'
import type { ClaimState } from '../receiving-contract.ts'

const tones: Record<ShipmentState, Tone> = {
  draft: 'neutral',
  issued: 'info',
  inTransit: 'info',
  arrived: 'warning',
  receiving: 'warning',
  received: 'good',
  short: 'bad',
  cancelled: 'neutral',
}
export function ShipmentStateTag({ state }: { state: ShipmentState }) {
  const t = useWords('logistics')
  return <StatusTag tone={tones[state]}>{t(`states.${state}`)}</StatusTag>
}

/** The goods stay the supplier's until the buyer uses them. */
export function ConsignedTag({ line }: { line: { consigned?: boolean } }) {
  const t = useWords('logistics')
  return line.consigned ? <StatusTag tone="info">{t('consigned')}</StatusTag> : null
}

const claimTones: Record<ClaimState, Tone> = { open: 'warning', accepted: 'info', disputed: 'bad', settled: 'good', withdrawn: 'neutral' }
export function ClaimStateTag({ state }: { state: ClaimState }) {
  const t = useWords('logistics')
  return <StatusTag tone={claimTones[state]}>{t(`claimStates.${state}`)}</StatusTag>
}

export const partnerOf = (shipment: Pick<ShipmentHead, 'side' | 'buyer' | 'supplier'>, locale: PageLocale): string => {
  const { name, nameEn } = shipment.side === 'buyer' ? shipment.supplier : shipment.buyer
  return nameIn(locale, name, nameEn)
}

export const numberText = (shipment: Pick<ShipmentHead, 'number'>, t: Words): string => shipment.number ?? t('draftNumber')

/** A time with whether it is only foreseen. */
export function TimeText({ time }: { time: Timed }) {
  const t = useWords('logistics')
  return (
    <span>
      {formatDateTime(time.at)} <Tag variant="filled">{t(`timeKinds.${time.kind}`)}</Tag>
    </span>
  )
}

export const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
export const appointmentText = ({ dock, dockName, day, startMinute, endMinute }: Appointment): string =>
  `${day} ${clock(startMinute)}–${clock(endMinute)} ${dock} ${dockName}`
