import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, DatePicker, Form, Input, InputNumber, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import type { z } from 'zod'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { logisticsApi, type Shipment, type ShipmentInput, type Shippable } from '../contract.ts'
import { LinePicker } from './line-picker.tsx'
import { type LinePacking, packingOf, packingOfDraft } from './packing.ts'
import { PackingTable } from './packing-table.tsx'
import { logisticsQueries } from './queries.ts'
import './logistics.css'

/** A new shipping notice, or a draft taken up again. */
export function Component() {
  const { id } = useParams()
  const query = useQuery({ ...logisticsQueries.shipment(id ?? ''), enabled: id !== undefined })
  if (id === undefined) return <NewNotice />
  return <Loaded query={query}>{(shipment) => <NoticeForm draft={shipment} />}</Loaded>
}

/** Begun with what a refill of consigned goods asks for, where the address says so. */
function NewNotice() {
  const [params] = useSearchParams()
  const [buyer, material, quantity] = [params.get('buyer'), params.get('material'), params.get('quantity')]
  const asked = buyer && material && quantity ? { buyer, material, quantity } : undefined
  const query = useQuery({ ...logisticsQueries.refill(asked), enabled: asked !== undefined })
  if (!asked) return <NoticeForm draft={undefined} />
  return <Loaded query={query}>{(refill) => <NoticeForm draft={undefined} refill={refill} />}</Loaded>
}

type Refill = z.output<typeof logisticsApi.refill.response>

export interface PickedLine extends LinePacking {
  line: Pick<Shippable, 'scheduleLineId' | 'orderNumber' | 'orderLineNo' | 'materialCode' | 'materialName' | 'unit' | 'agreedDay'> & {
    most: string | null
    consigned?: boolean
  }
}

interface Transport {
  departure: Dayjs
  arrival: Dayjs
  carrier?: string
  vehicle?: string
  driverName?: string
  driverPhone?: string
  note?: string
  containers?: { code: string; name: string; count: number }[]
}

const pickedOf = (draft: Shipment | undefined): PickedLine[] =>
  draft ? packingOfDraft(draft).lines.map((packing, i) => ({ ...packing, line: { ...draft.lines[i]!, most: null } })) : []

function transportOf(draft: Shipment | undefined): Partial<Transport> {
  const start = pickedOfInstant(nowMs()).minute(0).second(0).millisecond(0)
  if (!draft) return { departure: start.add(2, 'hour'), arrival: start.add(6, 'hour') }
  const { carrier, vehicle, driverName, driverPhone, note, containers } = draft
  return {
    ...(draft.departure ? { departure: pickedOfInstant(draft.departure.at) } : {}),
    arrival: pickedOfInstant(draft.arrival.at),
    carrier,
    vehicle,
    driverName,
    driverPhone,
    note,
    containers,
  }
}

const toPack = (line: Shippable, quantity: string): PickedLine => ({
  line,
  quantity,
  perBox: '',
  lot: '',
  producedOn: null,
  expiresOn: null,
})

function NoticeForm({ draft, refill }: { draft: Shipment | undefined; refill?: Refill }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Transport>()
  const [buyer, setBuyer] = useState(draft?.buyer ?? refill?.lines[0]?.buyer)
  const [lines, setLines] = useState<PickedLine[]>(() =>
    refill ? refill.lines.map((line) => toPack(line, line.quantity)) : pickedOf(draft),
  )
  const [perPallet, setPerPallet] = useState(draft ? packingOfDraft(draft).perPallet : 0)
  const [picking, setPicking] = useState(draft === undefined && refill === undefined)
  const [failure, setFailure] = useState<unknown>()
  const [saving, setSaving] = useState(false)
  useUnsavedGuard(lines.length > 0 && !saving)
  const packing = packingOf(lines, perPallet)

  const save = async (issue: boolean) => {
    const values = await form.validateFields().catch(() => undefined)
    if (!values || !buyer) return
    setSaving(true)
    setFailure(undefined)
    try {
      const body = inputOf(values, lines, packing, buyer.orgId)
      const saved = draft
        ? await call(logisticsApi.change, { params: { id: draft.id }, body: { ...body, version: draft.version } })
        : await call(logisticsApi.create, { body })
      // A failed issue leaves the draft: what was typed is not lost.
      const error = issue
        ? await call(logisticsApi.issue, { params: { id: saved.id }, body: { version: saved.version } }).then(
            () => undefined,
            (reason: unknown) => reason,
          )
        : undefined
      await client.invalidateQueries({ queryKey: ['logistics'] })
      await navigate(`/logistics/${saved.id}`, { state: error ? { failure: errorText(error, t) } : null })
    } catch (error) {
      setFailure(error)
      setSaving(false)
    }
  }

  return (
    <Page
      title={t(draft ? 'editDraft' : 'newShipment')}
      breadcrumbs={[{ label: t('menu.list'), path: '/logistics?side=supplier' }]}
      actions={
        <Space wrap>
          <Button loading={saving} disabled={lines.length === 0} onClick={() => void save(false)}>
            {t('saveDraft')}
          </Button>
          <Button type="primary" loading={saving} disabled={lines.length === 0} onClick={() => void save(true)}>
            {t('issue')}
          </Button>
        </Space>
      }
    >
      {failure !== undefined && <Alert type="error" showIcon role="alert" title={errorText(failure, t)} style={{ marginBottom: 16 }} />}
      {refill && refill.coming !== '0' && (
        <Alert type="info" showIcon className="ls-form-failure" title={t('refill.coming', { n: refill.coming })} />
      )}
      {refill && refill.missing !== '0' && (
        <Alert type="warning" showIcon className="ls-form-failure" title={t('refill.missing', { n: refill.missing })} />
      )}
      <Section
        title={t('step.lines')}
        extra={<Button onClick={() => setPicking(!picking)}>{t(picking ? 'hidePicker' : 'addLines')}</Button>}
      >
        {buyer && <p className="ls-quiet">{t('forBuyer', { name: nameIn(locale, buyer.name, buyer.nameEn) })}</p>}
        {picking && (
          <LinePicker
            buyerId={buyer?.orgId}
            taken={lines.map(({ line }) => line.scheduleLineId)}
            onPick={(picked) => {
              setBuyer(picked[0]?.buyer ?? buyer)
              setLines([...lines, ...picked.map((line) => toPack(line, line.left))])
              setPicking(false)
            }}
          />
        )}
        {lines.length > 0 && (
          <PackingTable
            lines={lines}
            onChange={(next) => {
              setLines(next)
              if (next.length === 0) setBuyer(undefined)
            }}
          />
        )}
      </Section>
      {lines.length > 0 && (
        <Section title={t('step.packing')}>
          <Space wrap>
            <label htmlFor="perPallet">{t('perPallet')}</label>
            <InputNumber id="perPallet" min={0} max={500} value={perPallet} onChange={(value) => setPerPallet(value ?? 0)} />
            <strong role="status">
              {t('packed', {
                pallets: formatNumber(packing.packs.filter((pack) => pack.kind === 'pallet').length),
                boxes: formatNumber(packing.packs.filter((pack) => pack.kind === 'box').length),
              })}
            </strong>
          </Space>
          <p className="ls-quiet">{t('packingHint')}</p>
        </Section>
      )}
      <Section title={t('step.transport')}>
        <TransportFields form={form} initial={transportOf(draft)} />
      </Section>
    </Page>
  )
}

function inputOf(
  values: Transport,
  lines: readonly PickedLine[],
  packing: Pick<ShipmentInput, 'packs' | 'loose'>,
  buyerId: ShipmentInput['buyerId'],
): ShipmentInput {
  return {
    buyerId,
    lines: lines.map(({ line, quantity }) => ({ scheduleLineId: line.scheduleLineId, quantity: quantity.trim() })),
    ...packing,
    containers: (values.containers ?? []).filter((one) => one?.code && one.name && one.count),
    carrier: values.carrier ?? '',
    vehicle: values.vehicle ?? '',
    driverName: values.driverName ?? '',
    driverPhone: values.driverPhone ?? '',
    note: values.note ?? '',
    departureAt: instantOfPicked(values.departure),
    arrivalAt: instantOfPicked(values.arrival),
  }
}

function TransportFields({ form, initial }: { form: ReturnType<typeof Form.useForm<Transport>>[0]; initial: Partial<Transport> }) {
  const t = useWords('logistics')
  const required = { required: true, message: t('required') }
  return (
    <Form form={form} layout="vertical" initialValues={initial} className="lg-grid">
      <Form.Item name="departure" label={t('departureEstimated')} rules={[required]}>
        <DatePicker showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" />
      </Form.Item>
      <Form.Item
        name="arrival"
        label={t('arrivalEstimated')}
        dependencies={['departure']}
        rules={[
          required,
          {
            validator: async (_, value: Dayjs | undefined) => {
              const departure = form.getFieldValue('departure') as Dayjs | undefined
              if (value && departure && !value.isAfter(departure)) throw new Error(t('reasons.arrivalBeforeDeparture'))
            },
          },
        ]}
      >
        <DatePicker showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" />
      </Form.Item>
      <Form.Item name="carrier" label={t('carrier')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="vehicle" label={t('vehicle')}>
        <Input maxLength={20} placeholder="渝A12345" />
      </Form.Item>
      <Form.Item name="driverName" label={t('driverName')} extra={t('driverHint')}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="driverPhone" label={t('driverPhone')} rules={[{ pattern: /^[\d+\- ]*$/, message: t('phoneRule') }]}>
        <Input maxLength={20} inputMode="tel" />
      </Form.Item>
      <Form.Item name="note" label={t('note')} className="lg-wide">
        <Input.TextArea maxLength={500} autoSize />
      </Form.Item>
      <Form.List name="containers">
        {(fields, { add, remove }) => (
          <div className="lg-wide">
            {fields.map(({ key, name }) => (
              <Space key={key} wrap align="baseline">
                <Form.Item name={[name, 'code']} label={t('containerCode')} rules={[required]}>
                  <Input maxLength={40} placeholder="KLT-4328" />
                </Form.Item>
                <Form.Item name={[name, 'name']} label={t('containerName')} rules={[required]}>
                  <Input maxLength={80} placeholder={t('containerExample')} />
                </Form.Item>
                <Form.Item name={[name, 'count']} label={t('containerCount')} rules={[required]}>
                  <InputNumber min={1} max={100_000} precision={0} />
                </Form.Item>
                <Button type="text" danger onClick={() => remove(name)}>
                  {t('setup.remove')}
                </Button>
              </Space>
            ))}
            <Button onClick={() => add({})}>{t('addContainer')}</Button>
          </div>
        )}
      </Form.List>
    </Form>
  )
}
