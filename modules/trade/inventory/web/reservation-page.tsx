import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useNavigate, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { formatDate, formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { reservationApi, type StockReservation } from '../reservation-contract.ts'
import { inventoryQueries, quantityText } from './queries.ts'
import { reservationTones } from './reservations-page.tsx'
import './inventory.css'

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(inventoryQueries.reservation(id))
  return <Loaded query={query}>{(reservation) => <Reservation reservation={reservation} />}</Loaded>
}

function Reservation({ reservation }: { reservation: StockReservation }) {
  const t = useWords('inventory')
  const locale = useLocale()
  return (
    <Page
      title={reservation.number}
      subtitle={reservation.purpose}
      breadcrumbs={[{ label: t('menu.reservations'), path: '/inventory/reservations' }]}
      tags={<StatusTag tone={reservationTones[reservation.state]}>{t(`reserve.states.${reservation.state}`)}</StatusTag>}
      actions={reservation.state === 'open' && <Actions reservation={reservation} />}
    >
      <Section>
        <DetailGrid
          columns={4}
          items={[
            { label: t('kinds.warehouse'), value: `${reservation.warehouse.code} ${reservation.warehouse.name}` },
            { label: t('reserve.neededOn'), value: formatDate(reservation.neededOn) },
            { label: t('reserve.createdBy'), value: reservation.createdBy },
            { label: t('reserve.createdAt'), value: formatDateTime(reservation.createdAt) },
            reservation.releasedAt !== null && { label: t('reserve.releasedBy'), value: reservation.releasedBy ?? '' },
            reservation.releasedAt !== null && { label: t('reserve.releasedAt'), value: formatDateTime(reservation.releasedAt) },
          ]}
        />
      </Section>
      <Section title={t('move.lines')} flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div className="ls-rows" tabIndex={0}>
          <table aria-label={t('move.lines')}>
            <thead>
              <tr>
                <th scope="col">{t('material')}</th>
                <th scope="col" className="ls-right">
                  {t('items.reserved')}
                </th>
                <th scope="col" className="ls-right">
                  {t('reserve.left')}
                </th>
              </tr>
            </thead>
            <tbody>
              {reservation.lines.map((line) => (
                <tr key={line.line}>
                  <td>
                    {line.name}
                    <div className="ls-quiet">{line.code}</div>
                  </td>
                  <td className="ls-right" data-label={t('items.reserved')}>
                    {quantityText(line.quantity, line.unit, locale)}
                  </td>
                  <td className="ls-right" data-label={t('reserve.left')}>
                    {quantityText(line.left, line.unit, locale)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </Page>
  )
}

function Actions({ reservation: { id, version, number } }: { reservation: StockReservation }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const navigate = useNavigate()
  const { modal, message } = App.useApp()
  const [mayMove, mayReserve] = [useCan('inventory.move'), useCan('inventory.reserve')]
  const release = async () => {
    try {
      await call(reservationApi.release, { params: { id }, body: { version } })
      void message.success(t('reserve.released'))
    } catch (failure) {
      void message.error(errorText(failure, t))
    }
    await client.invalidateQueries({ queryKey: ['inventory'] })
  }
  return (
    <>
      {mayMove && (
        <Button type="primary" onClick={() => void navigate(`/inventory/move?reservation=${id}`)}>
          {t('reserve.issue')}
        </Button>
      )}
      {mayReserve && (
        <Button
          onClick={() =>
            modal.confirm({
              title: t('reserve.releaseTitle', { number }),
              content: t('reserve.releaseText'),
              okText: t('reserve.release'),
              cancelText: t('ui:cancel'),
              onOk: release,
            })
          }
        >
          {t('reserve.release')}
        </Button>
      )}
    </>
  )
}
