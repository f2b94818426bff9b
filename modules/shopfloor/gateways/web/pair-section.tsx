import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { Link as RouterLink } from 'react-router'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Section, StatusTag } from '#ui/page.tsx'
import type { Gateway, GatewaySummary } from '../configuration-contract.ts'
import { type Pair, pairApi, pairLimits } from '../pair-contract.ts'
import { gatewayQueries } from './queries.ts'

type Member = Pair['gateway']

export function PairTag({ reads }: NonNullable<GatewaySummary['pair']>) {
  const t = useWords('gateways')
  return <StatusTag tone={reads ? 'info' : 'neutral'}>{t(reads ? 'pair.reads' : 'pair.standsBy')}</StatusTag>
}

/** Who of two gateways reads, since when and why; a standby is set, and the two are switched, here. */
export function PairSection({ gateway, canManage }: { gateway: Gateway; canManage: boolean }) {
  const t = useWords('gateways')
  const { data } = useQuery(gatewayQueries.pair(gateway.id))
  const [setting, setSetting] = useState(false)
  if (!data) return null
  const { pair } = data
  return (
    <Section
      title={t('pair.title')}
      extra={canManage && (pair ? <PairActions pair={pair} /> : <Button onClick={() => setSetting(true)}>{t('pair.set')}</Button>)}
    >
      {pair ? <PairView pair={pair} isStandby={pair.standby.id === gateway.id} /> : <p className="ls-quiet">{t('pair.none')}</p>}
      {setting && <StandbyEditor gateway={gateway} onClose={() => setSetting(false)} />}
    </Section>
  )
}

function PairView({ pair, isStandby }: { pair: Pair; isStandby: boolean }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const { active, other } = rolesIn(pair)
  const [turn] = pair.turns
  const named = (member: Member) => (
    <>
      <RouterLink to={`/gateways/${member.id}`}>{nameIn(locale, member.name, member.nameEn)}</RouterLink>{' '}
      <span className="ls-quiet">{member.code}</span>
    </>
  )
  return (
    <>
      {isStandby && <p className="ls-quiet">{t('pair.ofGateway', { name: nameIn(locale, pair.gateway.name, pair.gateway.nameEn) })}</p>}
      <DetailGrid
        items={[
          {
            label: t('pair.reads'),
            value: (
              <>
                {named(active)}
                {turn && (
                  <div className="ls-quiet">
                    {t('pair.readsSince', { at: formatDateTimeSeconds(turn.beganAt), epoch: formatNumber(pair.epoch) })}
                  </div>
                )}
              </>
            ),
          },
          {
            label: t('pair.other'),
            value: (
              <>
                {named(other)}{' '}
                <StatusTag tone={other.notReady ? 'bad' : 'good'}>{t(`pair.notReady.${other.notReady ?? 'none'}`)}</StatusTag>
              </>
            ),
          },
          { label: t('pair.silentAfter'), value: formatNumber(pair.silentAfterS, t('pair.seconds')) },
        ]}
      />
      {pair.writesFrom && <p className="ls-quiet">{t('pair.writesFrom', { at: formatDateTimeSeconds(pair.writesFrom) })}</p>}
      <Turns pair={pair} />
    </>
  )
}

function Turns({ pair }: { pair: Pair }) {
  const t = useWords('gateways')
  return (
    <table className="gw-names" aria-label={t('pair.turns')}>
      <thead>
        <tr>
          <th scope="col">{t('pair.turn')}</th>
          <th scope="col">{t('gateway')}</th>
          <th scope="col">{t('pair.began')}</th>
          <th scope="col">{t('pair.reason')}</th>
        </tr>
      </thead>
      <tbody>
        {pair.turns.map(({ epoch, activeId, beganAt, reason, heardAt }) => (
          <tr key={epoch}>
            <td>{formatNumber(epoch)}</td>
            <td>{activeId === pair.gateway.id ? pair.gateway.code : pair.standby.code}</td>
            <td>{formatDateTimeSeconds(beganAt)}</td>
            <td>
              {reason === 'silent' && heardAt
                ? t('pair.reasons.silentSince', { at: formatDateTimeSeconds(heardAt) })
                : t(`pair.reasons.${reason}`)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function PairActions({ pair }: { pair: Pair }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const { active, other } = rolesIn(pair)
  const nameOf = (member: Member) => nameIn(locale, member.name, member.nameEn)
  const act = (work: Promise<unknown>) =>
    work.catch((error: unknown) => void message.error(errorText(error, t))).then(() => client.invalidateQueries({ queryKey: ['gateways'] }))
  const params = { id: pair.gateway.id }
  const switchOver = () =>
    modal.confirm({
      title: t('pair.switchTitle', { name: nameOf(other) }),
      content: t('pair.switchText', { before: nameOf(active), name: nameOf(other), seconds: formatNumber(pair.silentAfterS) }),
      okText: t('pair.switch', { name: nameOf(other) }),
      onOk: () => act(call(pairApi.switchOver, { params, body: { epoch: pair.epoch } })),
    })
  const dissolve = () =>
    modal.confirm({
      title: t('pair.dissolveTitle'),
      content: t('pair.dissolveText', { name: nameOf(pair.gateway) }),
      okText: t('pair.dissolve'),
      okButtonProps: { danger: true },
      onOk: () => act(call(pairApi.dissolvePair, { params })),
    })
  return (
    <span className="gw-link-actions">
      <Button
        disabled={other.notReady !== null}
        title={other.notReady ? t(`pair.notReady.${other.notReady}`) : undefined}
        onClick={() => void switchOver()}
      >
        {t('pair.switch', { name: nameOf(other) })}
      </Button>
      {active.id === pair.gateway.id && (
        <Button danger onClick={() => void dissolve()}>
          {t('pair.dissolve')}
        </Button>
      )}
    </span>
  )
}

function StandbyEditor({ gateway, onClose }: { gateway: Gateway; onClose: () => void }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const client = useQueryClient()
  const { data } = useQuery(gatewayQueries.gatewayChoices)
  const choices = data?.items.filter((one) => one.id !== gateway.id && one.links === 0 && one.pair === null) ?? []
  const { least, usual, most } = pairLimits.silentAfterS
  return (
    <EditModal<{ standbyId: DeviceId; silentAfterS: number }>
      open
      title={t('pair.set')}
      initialValues={{ silentAfterS: usual }}
      onSubmit={async (body) => {
        await call(pairApi.setStandby, { params: { id: gateway.id }, body })
        await client.invalidateQueries({ queryKey: ['gateways'] })
      }}
      onClose={onClose}
    >
      <p className="ls-quiet">{t('pair.setHint')}</p>
      <Form.Item name="standbyId" label={t('pair.standby')} extra={t('pair.standbyHint')} rules={[{ required: true }]}>
        <Select
          notFoundContent={t('pair.noChoice')}
          options={choices.map((one) => ({ value: one.id, label: `${nameIn(locale, one.name, one.nameEn)} ${one.code}` }))}
        />
      </Form.Item>
      <Form.Item name="silentAfterS" label={t('pair.silentAfter')} extra={t('pair.silentAfterHint')} rules={[{ required: true }]}>
        <InputNumber min={least} max={most} precision={0} suffix={t('pair.seconds')} style={{ width: '100%' }} />
      </Form.Item>
    </EditModal>
  )
}

const rolesIn = ({ gateway, standby, activeId }: Pair): { active: Member; other: Member } =>
  activeId === gateway.id ? { active: gateway, other: standby } : { active: standby, other: gateway }
