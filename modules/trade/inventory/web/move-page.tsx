import { DeleteOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Form, Input, Radio, Select, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { readDecimal } from '#values/decimal.ts'
import type { LocationId, StockReservationId } from '../contract.ts'
import { DocumentKind, documentApi } from '../document-contract.ts'
import { reservationApi, type StockReservation } from '../reservation-contract.ts'
import { AddLine, pickedLines } from './add-line.tsx'
import { type DraftLine, MoveLine } from './move-line.tsx'
import { inventoryQueries } from './queries.ts'
import './inventory.css'

interface Values {
  kind: DocumentKind
  day: Dayjs
  warehouseId: LocationId
  toId?: LocationId
  reason?: string
}

/** Transfer, issue to production, taking back, scrapping: lines are proposed by expiry and age, and can be changed. */
export function Component() {
  const [params] = useSearchParams()
  const id = params.get('reservation')
  return id ? <OfReservation id={id} /> : <Move />
}

/** The issue of what a reservation holds: what is left of it, proposed by expiry and age. */
function OfReservation({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['inventory', 'reservation', id, 'picks'],
    queryFn: async ({ signal }): Promise<Reserved> => {
      const reservation = await call(reservationApi.reservation, { params: { id: id as StockReservationId }, signal })
      const lines: DraftLine[] = []
      for (const { materialId, code, name, unit, left } of reservation.lines) {
        if (left === '0') continue
        const query = { materialId, warehouseId: reservation.warehouse.id, quantity: left }
        const { picks } = await call(documentApi.pick, { query, signal })
        lines.push(...pickedLines({ materialId, name: `${code} ${name}`, unit, override: '', owner: null }, picks))
      }
      return { reservation, lines }
    },
    // What is typed is not taken away by another look.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return <Loaded query={query}>{(reserved) => <Move reserved={reserved} />}</Loaded>
}

interface Reserved {
  reservation: StockReservation
  lines: DraftLine[]
}

function Move({ reserved }: { reserved?: Reserved }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const kind = Form.useWatch('kind', form) ?? 'production'
  const warehouseId = Form.useWatch('warehouseId', form)
  const [lines, setLines] = useState<DraftLine[]>(reserved?.lines ?? [])
  const [failure, setFailure] = useState<unknown>()
  const [saving, setSaving] = useState(false)
  const ready = lines.length > 0 && lines.every((line) => line.locationId && (readDecimal(line.quantity) ?? 0n) > 0n)

  const submit = async ({ day, toId, reason, ...values }: Values) => {
    setSaving(true)
    setFailure(undefined)
    try {
      const { id, number } = await call(documentApi.post, {
        body: {
          kind: values.kind,
          day: day.format('YYYY-MM-DD'),
          reason: reason ?? '',
          reservationId: reserved?.reservation.id,
          lines: lines.map((line) => ({
            materialId: line.materialId,
            quantity: line.quantity,
            locationId: line.locationId as LocationId,
            toId: toId ?? null,
            lot: line.lot || null,
            serial: line.serial || null,
            owner: line.owner ?? null,
            override: line.override || null,
          })),
        },
      })
      void message.success(t('move.done', { number }))
      await client.invalidateQueries({ queryKey: ['inventory'] })
      void navigate(`/inventory/documents/${id}`)
    } catch (error) {
      setFailure(error)
    } finally {
      setSaving(false)
    }
  }
  return (
    <Page title={t('move.title')} subtitle={t('move.subtitle')} breadcrumbs={[{ label: t('menu.stock'), path: '/inventory' }]}>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={(values) => void submit(values)}
        initialValues={{
          kind: 'production',
          day: pickedOfInstant(nowMs()),
          ...(reserved && { warehouseId: reserved.reservation.warehouse.id, reason: reserved.reservation.purpose }),
        }}
      >
        {reserved && (
          <Alert type="info" showIcon className="ls-form-failure" title={t('reserve.issuing', { number: reserved.reservation.number })} />
        )}
        <Head kind={kind} fixed={reserved !== undefined} onChange={() => setLines([])} />
        <Section title={t('move.lines')}>
          {!reserved && <AddLine kind={kind} warehouseId={warehouseId} onAdd={(added) => setLines((before) => [...before, ...added])} />}
          {lines.map((line, i) => (
            <div key={line.key} className="iv-line">
              <MoveLine
                line={line}
                kind={kind}
                warehouseId={warehouseId}
                onChange={(change) => setLines((before) => before.map((one, n) => (n === i ? { ...one, ...change } : one)))}
              />
              <Button
                type="text"
                danger
                aria-label={t('move.remove', { name: line.name })}
                icon={<DeleteOutlined aria-hidden />}
                onClick={() => setLines((before) => before.filter((one) => one !== line))}
              />
            </div>
          ))}
          {failure !== undefined && <Alert type="error" showIcon title={errorText(failure, t)} className="iv-gap" />}
          <Space className="iv-gap">
            <Button
              type="primary"
              loading={saving}
              disabled={!ready}
              title={ready ? undefined : t('move.noLines')}
              onClick={() => form.submit()}
            >
              {t('move.post')}
            </Button>
            {!ready && <span className="ls-quiet">{t('move.noLines')}</span>}
          </Space>
        </Section>
      </Form>
    </Page>
  )
}

/** What is done, where, when and why; another kind or warehouse begins anew. */
function Head({ kind, fixed, onChange }: { kind: DocumentKind; fixed: boolean; onChange: () => void }) {
  const t = useWords('inventory')
  const places = useQuery(inventoryQueries.places)
  const placeOptions = (only: (kind: string) => boolean) =>
    (places.data?.items ?? [])
      .filter((place) => only(place.kind))
      .map((place) => ({
        value: place.id,
        label:
          place.kind === 'quarantine'
            ? t('kinds.quarantine')
            : `${place.warehouse ? `${place.warehouse.code} / ` : ''}${place.code} ${place.name}`,
      }))
  return (
    <Section>
      <Form.Item name="kind" label={t('move.kind')}>
        <Radio.Group
          disabled={fixed}
          optionType="button"
          options={DocumentKind.options.map((value) => ({ value, label: t(`move.kinds.${value}`) }))}
          onChange={onChange}
        />
      </Form.Item>
      <div className="iv-fields">
        <Form.Item name="warehouseId" label={t(kind === 'back' ? 'move.intoWarehouse' : 'move.warehouse')} rules={[{ required: true }]}>
          <Select
            disabled={fixed}
            showSearch={{ optionFilterProp: 'label' }}
            options={placeOptions((one) => one === 'warehouse')}
            onChange={onChange}
          />
        </Form.Item>
        {kind === 'transfer' && (
          <Form.Item name="toId" label={t('move.to')} rules={[{ required: true }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={placeOptions((one) => one === 'warehouse' || one === 'bin' || one === 'quarantine')}
            />
          </Form.Item>
        )}
        <Form.Item name="day" label={t('card.day')} rules={[{ required: true }]}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: kind === 'scrap', whitespace: true }]}>
          <Input maxLength={200} placeholder={t('move.reasonExample')} />
        </Form.Item>
      </div>
    </Section>
  )
}
