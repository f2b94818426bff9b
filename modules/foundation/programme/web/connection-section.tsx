import { App, Button } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDate, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { type PartnerDetail, programmeApi } from '../contract.ts'
import { useChange } from './use-change.ts'

export function Checklist({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  return (
    <Section title={t('checklist.title')} extra={<span className="ls-quiet">{t('checklist.hint')}</span>}>
      <ul className="pg-steps">
        {partner.checklist.map(({ step, done }) => (
          <li key={step}>
            <StatusTag tone={done ? 'good' : 'neutral'}>{t(done ? 'checklist.done' : 'checklist.open')}</StatusTag> {t(`checklist.${step}`)}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** By what, since when, on how many of its own working days; the rule stands beside the figures. */
export function Connections({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const change = useChange()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const recount = async () => {
    setBusy(true)
    try {
      await change(() => call(programmeApi.recount, { params: { id: partner.id } }))
      void message.success(t('connection.recounted'))
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const { windowFrom, windowUntil, ownCalendar, minDays } = partner.rule
  return (
    <Section
      title={t('connection.title')}
      extra={
        partner.side === 'supplier' && (
          <Button loading={busy} onClick={() => void recount()}>
            {t('connection.recount')}
          </Button>
        )
      }
    >
      {windowFrom === null || windowUntil === null ? (
        <p className="ls-quiet">{t('connection.none')}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <div className="ls-rows" tabIndex={0}>
            <table aria-label={t('connection.title')}>
              <thead>
                <tr>
                  <th scope="col">{t('connection.way')}</th>
                  <th scope="col">{t('connection.firstDay')}</th>
                  <th scope="col">{t('connection.days')}</th>
                  <th scope="col">{t('connection.enough')}</th>
                </tr>
              </thead>
              <tbody>
                {partner.connections.map((one) => (
                  <tr key={one.way}>
                    <td title={t(`connection.what.${one.way}`)}>{t(`ways.${one.way}`)}</td>
                    <td>{one.firstDay === null ? t('notConnected') : formatDate(one.firstDay)}</td>
                    <td>{formatText(one.firstDay && t('dayOf', { valid: one.validDays, needed: one.neededDays }))}</td>
                    <td>
                      <StatusTag tone={one.enough ? 'good' : 'neutral'}>{t(one.enough ? 'connection.yes' : 'connection.no')}</StatusTag>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="ls-quiet">
            {t('connection.window', { from: windowFrom, until: windowUntil })} ·{' '}
            {t(ownCalendar ? 'connection.calendarOwn' : 'connection.calendarWeek')}
          </p>
        </>
      )}
      <p className="pg-rule ls-quiet">{t('ruleText', { n: minDays })}</p>
    </Section>
  )
}
