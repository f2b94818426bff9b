import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal } from '#values/decimal.ts'
import type { LocationId } from '../contract.ts'
import { type DocumentKind, documentApi, type Pick as Proposed } from '../document-contract.ts'
import { type DraftLine, stockKey } from './move-line.tsx'
import { StockItemSelect } from './stock-item-select.tsx'

/** Where to take it from, as it is proposed. */
export const pickedLines = (
  draft: Pick<DraftLine, 'materialId' | 'name' | 'unit' | 'override' | 'owner'>,
  picks: readonly Proposed[],
): DraftLine[] =>
  picks.map((pick) => ({
    ...draft,
    key: crypto.getRandomValues(new Uint32Array(2)).join('-'),
    quantity: pick.quantity,
    locationId: pick.location.id,
    lot: pick.lot,
    serial: pick.serial,
    proposed: stockKey({ locationId: pick.location.id, lot: pick.lot, serial: pick.serial, owner: null }),
  }))

/** A material and a quantity: where to take it from is proposed. */
export function AddLine(props: { kind: DocumentKind; warehouseId: LocationId | undefined; onAdd: (lines: DraftLine[]) => void }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const [item, setItem] = useState<{ id: MaterialId; name: string; unit: string }>()
  const [quantity, setQuantity] = useState('')
  const [note, setNote] = useState<string>()
  const [failure, setFailure] = useState<unknown>()
  const good = (readDecimal(quantity.trim()) ?? 0n) > 0n
  const reason = !props.warehouseId ? t('move.chooseWarehouse') : !item || !good ? t('move.chooseItem') : undefined
  const add = async () => {
    if (!item || !props.warehouseId || !good) return
    setNote(undefined)
    setFailure(undefined)
    const draft = { materialId: item.id, name: item.name, unit: item.unit, override: '', owner: null }
    if (props.kind === 'back') {
      props.onAdd([
        {
          ...draft,
          key: crypto.getRandomValues(new Uint32Array(2)).join('-'),
          quantity: quantity.trim(),
          locationId: props.warehouseId,
          lot: '',
          serial: '',
        },
      ])
    } else {
      try {
        const found = await call(documentApi.pick, {
          query: { materialId: item.id, warehouseId: props.warehouseId, quantity: quantity.trim() },
        })
        props.onAdd(pickedLines(draft, found.picks))
        const notes = [
          found.missing === '0' ? '' : t('move.missing', { n: found.missing }),
          found.expired === '0' ? '' : t('move.expired', { n: found.expired }),
        ]
        setNote(notes.filter(Boolean).join(locale === 'zh-CN' ? '' : ' ') || undefined)
      } catch (error) {
        setFailure(error)
        return
      }
    }
    setItem(undefined)
    setQuantity('')
  }
  return (
    <>
      <div className="iv-add">
        <StockItemSelect value={item} onChange={setItem} all={props.kind === 'back'} />
        <Input
          aria-label={t('quantity')}
          placeholder={t('quantity')}
          inputMode="decimal"
          value={quantity}
          onChange={(event) => setQuantity(event.target.value)}
          onPressEnter={(event) => {
            event.preventDefault()
            void add()
          }}
        />
        <Button icon={<PlusOutlined aria-hidden />} disabled={reason !== undefined} title={reason} onClick={() => void add()}>
          {t('move.add')}
        </Button>
      </div>
      {reason && <p className="ls-quiet">{reason}</p>}
      {note && <Alert type="warning" showIcon title={note} className="iv-gap" />}
      {failure !== undefined && <Alert type="error" showIcon title={errorText(failure, t)} className="iv-gap" />}
    </>
  )
}
