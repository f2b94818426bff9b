import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Shipment } from '../contract.ts'
import { dockApi, type Slot } from '../dock-contract.ts'
import { logisticsQueries } from './queries.ts'
import { appointmentText, clock } from './shipment-words.tsx'

const bookable = ['draft', 'issued', 'inTransit', 'arrived']

/** A slot at the buyer's dock: what is free, never whose the others are. */
export function AppointmentSection({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [day, setDay] = useState(formatDate(shipment.arrival.at))
  const [choosing, setChoosing] = useState(false)
  const mayShip = useCan('logistics.ship')
  const mayReceive = useCan('logistics.receive')
  const may = shipment.side === 'buyer' ? mayReceive : mayShip
  if (!bookable.includes(shipment.state) || (shipment.state === 'draft' && shipment.side === 'buyer')) return null
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work()
      setChoosing(false)
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      await client.invalidateQueries({ queryKey: ['logistics'] })
    }
  }
  const book = ({ dockId, startMinute }: Slot) =>
    act(() => call(dockApi.book, { params: { id: shipment.id }, body: { dockId, day, startMinute } }))
  return (
    <Section
      title={t('appointment')}
      extra={
        may && (
          <>
            {shipment.appointment && (
              <Button danger onClick={() => void act(() => call(dockApi.unbook, { params: { id: shipment.id } }))}>
                {t('unbook')}
              </Button>
            )}
            <Button onClick={() => setChoosing(!choosing)}>{t(shipment.appointment ? 'rebook' : 'book')}</Button>
          </>
        )
      }
    >
      {shipment.appointment ? (
        <strong>{appointmentText(shipment.appointment)}</strong>
      ) : (
        <span className="ls-quiet">{t('noAppointmentHint')}</span>
      )}
      {choosing && <Slots shipment={shipment} day={day} setDay={setDay} onPick={(slot) => void book(slot)} />}
    </Section>
  )
}

function Slots(props: { shipment: Shipment; day: string; setDay: (day: string) => void; onPick: (slot: Slot) => void }) {
  const t = useWords('logistics')
  const query = useQuery(logisticsQueries.slots(props.shipment.id, props.day))
  return (
    <div style={{ marginTop: 12 }}>
      <DatePicker
        aria-label={t('day')}
        value={dayjs(props.day)}
        allowClear={false}
        onChange={(value) => value && props.setDay(value.format('YYYY-MM-DD'))}
        style={{ marginBottom: 12 }}
      />
      <Loaded query={query}>
        {({ slots }) =>
          slots.length === 0 ? (
            <p className="ls-quiet">{t('noDocks')}</p>
          ) : (
            <div className="lg-slots">
              {slots.map((slot) => (
                <Button
                  key={`${slot.dockId} ${slot.startMinute}`}
                  disabled={slot.taken >= slot.capacity}
                  onClick={() => props.onPick(slot)}
                >
                  {slot.code} {clock(slot.startMinute)}–{clock(slot.endMinute)} ·{' '}
                  {slot.taken >= slot.capacity ? t('full') : t('free', { n: slot.capacity - slot.taken })}
                </Button>
              ))}
            </div>
          )
        }
      </Loaded>
    </div>
  )
}
