import { App, Button, Checkbox, Drawer, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { useWords } from '#ui/i18n.ts'
import type { Shipment } from '../contract.ts'
import type { Expected, ReceiptInput } from '../receiving-contract.ts'
import { balance, type Counting, receivedLines } from './counting.ts'
import { newKey } from './receipt-queue.ts'
import type { Receiving } from './use-receiving.ts'

interface Props {
  shipment: Shipment
  expected: Expected
  counting: Counting
  receiving: Receiving
  onClose: () => void
  onDone: () => void
}

/** The last step, within reach of one thumb: where to, who handed over, whether that was all. */
export function ConfirmSheet({ shipment, expected, counting, receiving, onClose, onDone }: Props) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const { kept } = receiving
  const only = expected.warehouses.length === 1 ? expected.warehouses[0]?.id : undefined
  const [warehouse, setWarehouse] = useState(only ?? expected.warehouses.find((one) => one.id === kept.warehouse())?.id)
  const state = balance(counting)
  const [finish, setFinish] = useState(state.whole)
  const [signedBy, setSignedBy] = useState(shipment.driverName)
  const [overReason, setOverReason] = useState('')
  const [containers, setContainers] = useState(shipment.containers.map((one) => ({ ...one, counted: one.count as number | null })))
  const [receiptKey] = useState(newKey)
  const [busy, setBusy] = useState(false)
  const confirm = async () => {
    if (!warehouse) return
    setBusy(true)
    kept.keepWarehouse(warehouse)
    const input: ReceiptInput = {
      receiptKey,
      shipmentId: shipment.id,
      warehouseId: warehouse,
      receivedAt: new Date(nowMs()).toISOString(),
      lines: receivedLines(counting),
      containers: finish ? containers.flatMap(({ code, name, counted }) => (counted ? [{ code, name, count: counted }] : [])) : [],
      finish,
      signedBy: signedBy.trim(),
      overReason: overReason.trim(),
      note: '',
    }
    const waits = await receiving.add({ input, shipmentNumber: shipment.number ?? '', supplierName: shipment.supplier.name, refused: null })
    if (waits) void message.info(t('rc.saved'))
    onDone()
  }
  return (
    <Drawer
      open
      placement="bottom"
      size={460}
      title={t('rc.confirmTitle', { number: shipment.number ?? '' })}
      onClose={onClose}
      footer={
        <Button className="rc-confirm" block type="primary" loading={busy} disabled={!warehouse} onClick={() => void confirm()}>
          {t('rc.confirmNow')}
        </Button>
      }
    >
      <div className="rc-sheet">
        <label htmlFor="rc-warehouse">{t('warehouse')}</label>
        <Select
          id="rc-warehouse"
          {...(warehouse === undefined ? {} : { value: warehouse })}
          onChange={setWarehouse}
          placeholder={t('rc.chooseWarehouse')}
          options={expected.warehouses.map((one) => ({ value: one.id, label: `${one.code} ${one.name}` }))}
          notFoundContent={t('rc.noWarehouse')}
        />
        <label htmlFor="rc-signed">{t('rc.signedBy')}</label>
        <Input id="rc-signed" maxLength={40} value={signedBy} onChange={({ target }) => setSignedBy(target.value)} />
        {state.over && (
          <>
            <label htmlFor="rc-over">{t('rc.overReason')}</label>
            <Input id="rc-over" maxLength={200} value={overReason} onChange={({ target }) => setOverReason(target.value)} />
          </>
        )}
        <Checkbox checked={finish} onChange={({ target }) => setFinish(target.checked)}>
          {t(state.whole ? 'rc.finishWhole' : 'rc.finishShort')}
        </Checkbox>
        {finish &&
          containers.map((one, i) => (
            <label key={one.code} htmlFor={`rc-container-${i}`}>
              {one.name} ({one.code}){' '}
              <InputNumber
                id={`rc-container-${i}`}
                min={0}
                precision={0}
                value={one.counted}
                onChange={(counted) => setContainers(containers.map((other, j) => (i === j ? { ...other, counted } : other)))}
              />
            </label>
          ))}
      </div>
    </Drawer>
  )
}
