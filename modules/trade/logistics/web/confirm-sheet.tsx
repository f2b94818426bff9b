import { App, Button, Checkbox, Drawer, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { useWords } from '#ui/i18n.ts'
import { balance, type Counting, type Goods, isOwed, type Known } from './counting.ts'
import { noticedReceipt, owedReceipt } from './receipt-input.ts'
import { newKey } from './receipt-queue.ts'
import type { Receiving } from './use-receiving.ts'

interface Props {
  goods: Goods
  expected: Known
  counting: Counting
  receiving: Receiving
  onClose: () => void
  onDone: () => void
}

/** The last step, within reach of one thumb: where to, who handed over, whether that was all. */
export function ConfirmSheet({ goods, expected, counting, receiving, onClose, onDone }: Props) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const { kept } = receiving
  const only = expected.warehouses.length === 1 ? expected.warehouses[0]?.id : undefined
  const [warehouse, setWarehouse] = useState(only ?? expected.warehouses.find((one) => one.id === kept.warehouse())?.id)
  const state = balance(counting)
  const [finish, setFinish] = useState(state.whole)
  const [signedBy, setSignedBy] = useState(goods.driverName)
  const [overReason, setOverReason] = useState('')
  const [vehicle, setVehicle] = useState('')
  const [containers, setContainers] = useState(goods.containers.map((one) => ({ ...one, counted: one.count as number | null })))
  const [receiptKey] = useState(newKey)
  const [busy, setBusy] = useState(false)
  const confirm = async () => {
    if (!warehouse) return
    setBusy(true)
    kept.keepWarehouse(warehouse)
    const head = {
      receiptKey,
      warehouseId: warehouse,
      receivedAt: new Date(nowMs()).toISOString(),
      signedBy: signedBy.trim(),
      overReason: overReason.trim(),
      note: '',
    }
    const counted = containers.flatMap(({ code, name, counted: count }) => (finish && count ? [{ code, name, count }] : []))
    const input = isOwed(goods)
      ? owedReceipt(goods, counting, { ...head, vehicle: vehicle.trim() })
      : noticedReceipt(goods, counting, { ...head, finish, containers: counted })
    const waits = await receiving.add({ input, shipmentNumber: goods.number ?? '', supplierName: goods.supplier.name, refused: null })
    if (waits) void message.info(t('rc.saved'))
    onDone()
  }
  return (
    <Drawer
      open
      placement="bottom"
      size={isOwed(goods) ? 540 : 460}
      title={isOwed(goods) ? t('rc.confirmOwed', { name: goods.supplier.name }) : t('rc.confirmTitle', { number: goods.number ?? '' })}
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
        {isOwed(goods) ? (
          <>
            <label htmlFor="rc-vehicle">{t('vehicle')}</label>
            <Input id="rc-vehicle" maxLength={20} value={vehicle} onChange={({ target }) => setVehicle(target.value)} />
            <p className="ls-quiet">{t('rc.owedHint')}</p>
          </>
        ) : (
          <Checkbox checked={finish} onChange={({ target }) => setFinish(target.checked)}>
            {t(state.whole ? 'rc.finishWhole' : 'rc.finishShort')}
          </Checkbox>
        )}
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
