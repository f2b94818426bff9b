import { useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Dropdown, Form, Input } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { call, download, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { logisticsApi, type Shipment } from '../contract.ts'
import { labelApi } from '../label-contract.ts'

/** What this side may do now. */
export function ShipmentActions({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const client = useQueryClient()
  const navigate = useNavigate()
  const canShip = useCan('logistics.ship') && shipment.side === 'supplier'
  const canReceive = useCan('logistics.receive') && shipment.side === 'buyer'
  const [open, setOpen] = useState<'depart' | 'foresee' | 'arrive' | 'cancel'>()
  const renew = () => client.invalidateQueries({ queryKey: ['logistics'] })
  const attempt = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      void message.success(done)
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      await renew()
    }
  }
  const { state, id, version } = shipment
  const moving = state === 'issued' || state === 'inTransit'
  const printing = [
    {
      key: 'a4',
      label: t('noteA4'),
      onClick: () => void attempt(() => download(labelApi.deliveryNote, { params: { id }, query: { paper: 'a4' } }), t('noteMade')),
    },
    {
      key: '241',
      label: t('note241'),
      onClick: () =>
        void attempt(() => download(labelApi.deliveryNote, { params: { id }, query: { paper: 'continuous241' } }), t('noteMade')),
    },
  ]
  return (
    <>
      {state !== 'draft' && (
        <>
          {shipment.madeBy === 'supplier' && (
            <Dropdown menu={{ items: printing }}>
              <Button>{t('print.deliveryNote')}</Button>
            </Dropdown>
          )}
          {shipment.packs.length > 0 && (
            <Link to={`/logistics/${id}/labels`}>
              <Button>{t('labels')}</Button>
            </Link>
          )}
        </>
      )}
      {state === 'draft' && canShip && (
        <>
          <Button
            danger
            onClick={() =>
              void attempt(() => call(logisticsApi.discard, { params: { id } }), t('discarded')).then(() =>
                navigate('/logistics?side=supplier'),
              )
            }
          >
            {t('discard')}
          </Button>
          <Link to={`/logistics/${id}/edit`}>
            <Button>{t('editDraft')}</Button>
          </Link>
          <Button
            type="primary"
            onClick={() => void attempt(() => call(logisticsApi.issue, { params: { id }, body: { version } }), t('issuedNow'))}
          >
            {t('issue')}
          </Button>
        </>
      )}
      {moving && canShip && (
        <>
          <Button danger onClick={() => setOpen('cancel')}>
            {t('cancelShipment')}
          </Button>
          <Button onClick={() => setOpen('foresee')}>{t('foresee')}</Button>
        </>
      )}
      {state === 'issued' && canShip && (
        <Button type="primary" onClick={() => setOpen('depart')}>
          {t('depart')}
        </Button>
      )}
      {state === 'inTransit' && (canShip || canReceive) && <Button onClick={() => setOpen('arrive')}>{t('arrive')}</Button>}
      {canReceive && ['issued', 'inTransit', 'arrived', 'receiving'].includes(state) && (
        <Link to={`/receive?shipment=${id}`}>
          <Button type="primary">{t('receive')}</Button>
        </Link>
      )}
      <TimesForm shipment={shipment} action={open === 'cancel' ? undefined : open} onClose={() => setOpen(undefined)} onDone={renew} />
      <EditModal<{ reason: string }>
        open={open === 'cancel'}
        title={t('cancelShipment')}
        danger
        submitText={t('cancelShipment')}
        onClose={() => setOpen(undefined)}
        onReload={() => void renew()}
        onSubmit={async ({ reason }) => {
          await call(logisticsApi.cancel, { params: { id }, body: { version, reason } })
          await renew()
        }}
      >
        <p>{t('cancelText')}</p>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={200} />
        </Form.Item>
      </EditModal>
    </>
  )
}

interface Times {
  departure?: Dayjs
  arrival?: Dayjs
}

function TimesForm(props: {
  shipment: Shipment
  action: 'depart' | 'foresee' | 'arrive' | undefined
  onClose: () => void
  onDone: () => Promise<unknown>
}) {
  const t = useWords('logistics')
  const { shipment, action } = props
  const departs = action === 'depart' || (action === 'foresee' && shipment.departure?.kind === 'estimated')
  const picker = <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" style={{ width: '100%' }} />
  const now = pickedOfInstant(nowMs())
  return (
    <EditModal<Times>
      open={action !== undefined}
      title={t(action ?? 'foresee')}
      initialValues={{
        ...(shipment.departure ? { departure: action === 'depart' ? now : pickedOfInstant(shipment.departure.at) } : {}),
        arrival: action === 'arrive' ? now : pickedOfInstant(shipment.arrival.at),
      }}
      allowUnchanged
      onClose={props.onClose}
      onReload={() => void props.onDone()}
      onSubmit={async ({ departure, arrival }) => {
        const kind = (actual: boolean) => (actual ? ('actual' as const) : ('estimated' as const))
        await call(logisticsApi.setTimes, {
          params: { id: shipment.id },
          body: {
            version: shipment.version,
            ...(departs && departure ? { departure: { kind: kind(action === 'depart'), at: instantOfPicked(departure) } } : {}),
            ...(arrival ? { arrival: { kind: kind(action === 'arrive'), at: instantOfPicked(arrival) } } : {}),
          },
        })
        await props.onDone()
      }}
    >
      {action !== 'foresee' && <p className="ls-quiet">{t('actualHint')}</p>}
      {departs && (
        <Form.Item name="departure" label={t(action === 'depart' ? 'departureActual' : 'departureEstimated')}>
          {picker}
        </Form.Item>
      )}
      <Form.Item name="arrival" label={t(action === 'arrive' ? 'arrivalActual' : 'arrivalEstimated')}>
        {picker}
      </Form.Item>
    </EditModal>
  )
}
