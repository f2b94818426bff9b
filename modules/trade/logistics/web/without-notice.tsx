import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, Empty, Select } from 'antd'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { formatDate } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, StatusTag } from '#ui/page.tsx'
import type { OrgId } from '#values/ids.ts'
import { unitName } from '#values/units.ts'
import type { Expected } from '../receiving-contract.ts'
import type { Owed } from '../without-notice-contract.ts'
import { countOn } from './counting.ts'
import { CHOSEN, type ChosenGoods, goodsOf, knownOf, noticesOf, notifiedBy, searchOf } from './owed-goods.ts'
import { logisticsQueries } from './queries.ts'
import { ReceiveShipment } from './receive-shipment.tsx'
import { ScanField } from './scan-field.tsx'
import { ConsignedTag } from './shipment-words.tsx'
import type { Receiving } from './use-receiving.ts'

interface Props {
  expected: Expected
  receiving: Receiving
  /** A notice on which the goods are received after all. */
  onOpen: (shipmentId: string) => void
  onClose: () => void
}

/** The lorry is there and nobody has sent a notice: choose what it brings of the agreed orders, then count as ever. */
export function WithoutNotice({ expected, receiving, onOpen, onClose }: Props) {
  const { kept } = receiving
  const [chosen, setChosen] = useState<ChosenGoods | undefined>(() => kept.chosen())
  const [choosing, setChoosing] = useState(false)
  const goods = chosen && goodsOf(chosen)
  const forget = () => {
    kept.dropChosen()
    kept.dropCounting(CHOSEN)
  }
  if (!chosen || !goods || choosing)
    return (
      <Choose
        expected={expected}
        before={chosen?.lines ?? []}
        onOpen={onOpen}
        onClose={onClose}
        onForget={() => {
          forget()
          setChosen(undefined)
        }}
        onChosen={(next) => {
          const made = goodsOf(next)
          if (!made) return
          kept.keepChosen(next)
          kept.keepCounting(CHOSEN, countOn(made, kept.counting(CHOSEN)))
          setChosen(next)
          setChoosing(false)
        }}
      />
    )
  return (
    <ReceiveShipment
      shipment={goods}
      expected={knownOf(expected, chosen)}
      receiving={receiving}
      onClose={() => setChoosing(true)}
      onDone={() => {
        forget()
        onClose()
      }}
    />
  )
}

interface ChooseProps {
  expected: Expected
  before: readonly Owed[]
  onOpen: (shipmentId: string) => void
  onClose: () => void
  /** What was chosen and counted before is thrown away. */
  onForget: () => void
  onChosen: (chosen: ChosenGoods) => void
}

function Choose({ expected, before, onOpen, onClose, onForget, onChosen }: ChooseProps) {
  const t = useWords('logistics')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlyMap<string, Owed>>(() => new Map(before.map((line) => [line.scheduleLineId, line])))
  const lines = [...chosen.values()]
  const [onlyOf, setOnlyOf] = useState<OrgId>()
  const supplierId = lines[0]?.supplier.orgId ?? onlyOf
  const query = useQuery(logisticsQueries.owed(search, supplierId))
  const toggle = (line: Owed) => {
    const next = new Map(chosen)
    if (!next.delete(line.scheduleLineId)) next.set(line.scheduleLineId, line)
    setChosen(next)
  }
  return (
    <>
      <p>
        <Button onClick={onClose}>{t('rc.back')}</Button> <strong>{t('rc.withoutNotice')}</strong>{' '}
        {before.length > 0 && (
          <StartAnew
            onSure={() => {
              setChosen(new Map())
              onForget()
            }}
          />
        )}
      </p>
      <ScanField
        onScan={(text) => setSearch(searchOf(text, expected, query.data?.lines ?? [], formatDate(nowMs())))}
        hint={t('rc.searchOwed')}
      />
      <SupplierSelect
        value={supplierId}
        onChange={(id) => {
          setOnlyOf(id)
          setChosen(new Map(lines.filter((line) => line.supplier.orgId === id).map((line) => [line.scheduleLineId, line])))
        }}
      />
      {search !== '' && (
        <p className="rc-search">
          {t('rc.searched', { text: search })} <Button onClick={() => setSearch('')}>{t('rc.showAll')}</Button>
        </p>
      )}
      {notifiedBy(expected, search).map((shipment) => (
        <Alert
          key={shipment.id}
          type="info"
          showIcon
          className="rc-banner"
          title={t('rc.notified', { number: shipment.number, name: nameIn(locale, shipment.supplier.name, shipment.supplier.nameEn) })}
          action={<Button onClick={() => onOpen(shipment.id)}>{t('rc.receiveOnIt')}</Button>}
        />
      ))}
      <Loaded query={query}>
        {(found) => {
          // What was chosen before stands first; what is chosen now stays where it was tapped.
          const shown = [...new Map([...before, ...found.lines, ...lines].map((line) => [line.scheduleLineId, line])).values()]
          if (shown.length === 0)
            return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(search === '' ? 'rc.nothingOwed' : 'rc.noneFound')} />
          return (
            <ul className="rc-cards">
              {shown.map((line) => (
                <OwedCard key={line.scheduleLineId} line={line} chosen={chosen.has(line.scheduleLineId)} onToggle={() => toggle(line)} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      <ChooseFoot lines={lines} onOpen={onOpen} onChosen={onChosen} />
    </>
  )
}

function StartAnew({ onSure }: { onSure: () => void }) {
  const t = useWords('logistics')
  const { modal } = App.useApp()
  const ask = () =>
    modal.confirm({
      title: t('rc.startAnew'),
      content: t('rc.startAnewText'),
      okText: t('rc.startAnew'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: onSure,
    })
  return (
    <Button danger onClick={ask}>
      {t('rc.startAnew')}
    </Button>
  )
}

/** Those of whom something is owed; one lorry is of one supplier. */
function SupplierSelect({ value, onChange }: { value: OrgId | undefined; onChange: (id: OrgId | undefined) => void }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { data } = useQuery(logisticsQueries.owed('', undefined))
  const suppliers = new Map(data?.lines.map(({ supplier }) => [supplier.orgId, nameIn(locale, supplier.name, supplier.nameEn)]))
  return (
    <Select
      className="rc-supplier"
      size="large"
      aria-label={t('supplier')}
      placeholder={t('rc.allSuppliers')}
      {...(value === undefined ? {} : { value })}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      options={[...suppliers].map(([id, label]) => ({ value: id, label }))}
      onChange={onChange}
    />
  )
}

function OwedCard({ line, chosen, onToggle }: { line: Owed; chosen: boolean; onToggle: () => void }) {
  const t = useWords('logistics')
  const locale = useLocale()
  return (
    <li className="rc-owed" data-tone={chosen ? 'good' : 'none'}>
      <Checkbox checked={chosen} onChange={onToggle}>
        <span className="rc-owed-text">
          <span>
            <strong>{line.materialCode}</strong> {line.materialName} <span className="ls-quiet">{line.specification}</span>{' '}
            <ConsignedTag line={line} />
          </span>
          <span>{nameIn(locale, line.supplier.name, line.supplier.nameEn)}</span>
          <span className="ls-quiet">
            {line.orderNumber} #{line.orderLineNo}
            {line.scheduleNo > 1 ? `.${line.scheduleNo}` : ''} · {t('dueOn', { day: formatDate(line.agreedDay) })}
          </span>
          <span>{t('rc.owedLeft', { n: line.left, unit: unitName(line.unit, locale === 'en-US') })}</span>
          {line.notices.length > 0 && (
            <StatusTag tone="warning">{t('rc.hasNotice', { numbers: line.notices.map((one) => one.number).join('、') })}</StatusTag>
          )}
        </span>
      </Checkbox>
    </li>
  )
}

/** Where the supplier has sent notices for what was chosen, it is first said of which goods they are. */
function ChooseFoot({ lines, onOpen, onChosen }: { lines: Owed[] } & Pick<ChooseProps, 'onOpen' | 'onChosen'>) {
  const t = useWords('logistics')
  const notices = noticesOf(lines)
  const go = () => onChosen({ lines, besides: notices.map((one) => one.shipmentId) })
  if (notices.length === 0)
    return (
      <div className="rc-foot">
        <Button type="primary" disabled={lines.length === 0} onClick={go}>
          {t(lines.length === 0 ? 'rc.chooseFirst' : 'rc.countChosen', { n: lines.length })}
        </Button>
      </div>
    )
  return (
    <div className="rc-foot">
      <span role="status">{t('rc.askNotice')}</span>
      {notices.map((one) => (
        <Button key={one.shipmentId} type="primary" onClick={() => onOpen(one.shipmentId)}>
          {t('rc.receiveOn', { number: one.number })}
        </Button>
      ))}
      <Button onClick={go}>{t('rc.otherGoodsCount', { n: lines.length })}</Button>
    </div>
  )
}
