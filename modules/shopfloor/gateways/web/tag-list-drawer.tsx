import { Alert, Button, Drawer, Form, Select } from 'antd'
import { useMemo, useState } from 'react'
import { protocols } from '#edge/drivers/protocols.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import type { TagSettings } from './tag-address.ts'
import { findTagList, type LeftTag, readTags, stationsOf, type Tag } from './tag-list.ts'

export interface SheetLine {
  rowNo: number
  cells: string[]
}

const SHOWN = 200

/** Another program's list of tags: what can be taken, and row by row why the rest cannot. */
export function TagListDrawer(props: { lines: SheetLine[]; protocol: string; onClose: () => void; onTake: (tags: Tag[]) => void }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const [wordOrder, setWordOrder] = useState<TagSettings['wordOrder']>('CDAB')
  const [chosen, setStation] = useState<string>()
  const read = useMemo(() => {
    const found = findTagList(props.lines)
    return found && readTags(props.lines, found, props.protocol, { wordOrder })
  }, [props.lines, props.protocol, wordOrder])
  if (!read) return null
  const stations = stationsOf(read.tags)
  const station = chosen ?? [...stations.keys()][0]
  const taken = stations.size > 1 ? read.tags.filter((tag) => tag.station === station) : read.tags
  const label = protocols[props.protocol]?.label
  return (
    <Drawer
      open
      size="large"
      title={t(`tagList.${read.list}`)}
      onClose={props.onClose}
      extra={
        <Button type="primary" disabled={taken.length === 0} onClick={() => props.onTake(taken)}>
          {t('browseAdd', { n: taken.length })}
        </Button>
      }
    >
      <p>{t('tagList.read', { n: read.tags.length, left: read.left.length, protocol: label && nameIn(locale, label.zh, label.en) })}</p>
      {stations.size > 1 && (
        <Form.Item layout="vertical" label={t('tagList.station')} help={t('tagList.stationHint')}>
          <Select
            aria-label={t('tagList.station')}
            value={station}
            onChange={setStation}
            options={[...stations].map(([value, n]) => ({ value, label: t('tagList.stationOf', { station: value, n }) }))}
          />
        </Form.Item>
      )}
      {read.list === 'kepware' && props.protocol === 'modbus' && (
        <Form.Item layout="vertical" label={t('tagList.wordOrder')} help={t('tagList.wordOrderHint')}>
          <Select
            aria-label={t('tagList.wordOrder')}
            value={wordOrder}
            onChange={setWordOrder}
            options={(['CDAB', 'ABCD'] as const).map((value) => ({ value, label: t(`tagList.wordOrders.${value}`) }))}
          />
        </Form.Item>
      )}
      {read.unclamped > 0 && (
        <Alert type="info" showIcon className="ls-form-failure" title={t('tagList.unclamped', { n: read.unclamped })} />
      )}
      {read.left.length > 0 && <LeftTags left={read.left} />}
    </Drawer>
  )
}

function LeftTags({ left }: { left: readonly LeftTag[] }) {
  const t = useWords('gateways')
  return (
    <Alert
      type="warning"
      showIcon
      title={t('tagList.left', { n: left.length })}
      description={
        <ul className="gw-problems">
          {left.slice(0, SHOWN).map(({ rowNo, name, column, text, reason, details }) => (
            <li key={rowNo}>
              {t('tagList.leftAt', { rowNo, name, column, text })}
              {t(`tagList.reasons.${reason}`, details)}
            </li>
          ))}
          {left.length > SHOWN && <li>{t('problemsMore', { n: left.length - SHOWN })}</li>}
        </ul>
      }
    />
  )
}
