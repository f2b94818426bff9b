import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Tabs } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { type Device, type DeviceId, type DevicePoint, devicesApi } from '../contract.ts'
import { CopyButton, type NewSecretShown, SecretOnce } from './secret-once.tsx'

/** Part of the public wire to devices, which does not change (docs: wire to devices). */
const PUSH_PATH = '/api/telemetry/push'

type Own = NonNullable<Device['own']>

/** How the device reaches us, ready to copy, and its credentials. */
export function ConnectSection({ id, own, points }: { id: DeviceId; own: Own; points: readonly DevicePoint[] }) {
  const t = useWords('devices')
  const [secret, setSecret] = useState<NewSecretShown>()
  return (
    <Section title={t('connection')}>
      <DetailGrid
        items={[
          { label: t('broker'), value: brokerAddress(own) },
          { label: t('userName'), value: <code>{own.connection.userName}</code> },
          { label: t('topic'), value: <code>{own.connection.topic}</code> },
        ]}
      />
      <Examples own={own} points={points} secret={secret?.secret} />
      <Credentials id={id} own={own} onSecret={setSecret} />
      <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />
    </Section>
  )
}

const brokerAddress = ({ connection: { mqttPort, mqttsPort } }: Own): string =>
  mqttsPort === null ? `mqtt://${location.hostname}:${mqttPort}` : `mqtts://${location.hostname}:${mqttsPort}`

function Examples({ own, points, secret }: { own: Own; points: readonly DevicePoint[]; secret: string | undefined }) {
  const t = useWords('devices')
  const message = exampleArgument(points)
  const password = secret ?? t('secretPlaceholder')
  const { userName, topic, mqttPort, mqttsPort } = own.connection
  const broker = mqttsPort === null ? `-p ${mqttPort}` : `-p ${mqttsPort} --cafile ca.crt`
  const mqtt = `mosquitto_pub -h ${location.hostname} ${broker} -q 1 -u '${userName}' -P '${password}' -t '${topic}' -m ${message}`
  const https = `curl -u '${userName}:${password}' -H 'content-type: application/json' -d ${message} ${location.origin}${PUSH_PATH}`
  const tab = (key: string, text: string) => ({
    key,
    label: t(`examples.${key}`),
    children: (
      <>
        <pre className="dv-code">{text}</pre>
        <CopyButton text={text} />
      </>
    ),
  })
  return (
    <>
      <h3 className="dv-sub">{t('examplesTitle')}</h3>
      <p className="ls-quiet">{t('examplesText')}</p>
      {mqttsPort !== null && <p className="ls-quiet">{t('authorityText')}</p>}
      <Tabs size="small" items={[tab('mqtt', mqtt), tab('https', https)]} />
    </>
  )
}

const EXAMPLE_POINTS = 3

/** A message as a shell's double-quoted argument: values that the device's own points take, at the second it is run. */
export function exampleArgument(points: readonly Pick<DevicePoint, 'name' | 'valueType' | 'min' | 'max' | 'states'>[]): string {
  const values = Object.fromEntries(points.slice(0, EXAMPLE_POINTS).map((p) => [p.name, exampleValue(p)]))
  const quoted = JSON.stringify(values).replace(/[\\"$`]/g, (c) => `\\${c}`)
  return `"{\\"ts\\":$(date +%s)000,\\"values\\":${quoted}}"`
}

function exampleValue(p: Pick<DevicePoint, 'valueType' | 'min' | 'max' | 'states'>): number | boolean | string {
  const state = Object.keys(p.states ?? {})[0]
  if (p.valueType === 'boolean') return true
  if (p.valueType === 'string') return state ?? 'on'
  if (state !== undefined) return Number(state)
  const middle = ((p.min ?? 0) + (p.max ?? (p.min ?? 0) + 50)) / 2
  return Math.round(middle)
}

function Credentials({ id, own, onSecret }: { id: DeviceId; own: Own; onSecret: (secret: NewSecretShown) => void }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manageCredentials') && own.status !== 'retired'
  const inUse = own.credentials.filter((c) => c.disabledAt === null)
  const act = useCredentialActions(id, onSecret)
  const warning = <Alert type="warning" showIcon title={t('noCredential')} className="ls-form-failure" />
  return (
    <>
      <h3 className="dv-sub">{t('credentials')}</h3>
      {inUse.length === 0 && <Panels slot="device.withoutCredential" props={{ deviceId: id, warning }} otherwise={warning} />}
      <ul className="dv-plain">
        {own.credentials.map((credential) => (
          <li key={credential.id}>
            <StatusTag tone={credential.disabledAt ? 'neutral' : 'good'}>{t(credential.disabledAt ? 'disabled' : 'inUse')}</StatusTag>
            {t('credentialMade', { at: formatDateTime(credential.createdAt) })}
            {credential.disabledAt && ` · ${t('credentialDisabled', { at: formatDateTime(credential.disabledAt) })}`}
            {canManage && !credential.disabledAt && (
              <Button type="link" size="small" danger onClick={() => act.disable(credential.id)}>
                {t('disable')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {canManage && (
        <div className="ls-page-actions">
          <Button
            onClick={() => void act.create(false)}
            disabled={inUse.length >= 2}
            title={inUse.length >= 2 ? t('errors.tooManyCredentials', { limit: 2 }) : ''}
          >
            {t(inUse.length === 0 ? 'createCredential' : 'addCredential')}
          </Button>
          {inUse.length > 0 && (
            <Button danger onClick={() => act.replace()}>
              {t('replaceCredential')}
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function useCredentialActions(id: DeviceId, onSecret: (secret: NewSecretShown) => void) {
  const t = useWords('devices')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const run = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: ['devices', 'one', id] })
  }
  const create = (replace: boolean) =>
    run(async () => onSecret(await call(devicesApi.createCredential, { params: { id }, body: { replace } })))
  const ask = (title: string, content: string, okText: string, onOk: () => Promise<void>) =>
    modal.confirm({ title, content, okText, okButtonProps: { danger: true }, cancelText: t('ui:cancel'), onOk })
  return {
    create,
    replace: () => ask(t('replaceTitle'), t('replaceText'), t('replaceCredential'), () => create(true)),
    disable: (credentialId: Own['credentials'][number]['id']) =>
      ask(t('disableTitle'), t('disableText'), t('disable'), () =>
        run(async () => {
          await call(devicesApi.disableCredential, { params: { id, credentialId }, body: {} })
        }),
      ),
  }
}
