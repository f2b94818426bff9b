import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link, useLocation } from 'react-router'
import type { z } from 'zod'
import { apiUrl, call, errorOf, errorText, fileHeaders } from '#ui/api.ts'
import { showAtFields } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Section } from '#ui/page.tsx'
import { joinApi } from '../join-contract.ts'
import { ApplicationFields, type ApplicationValues, applicationOf, ConsentField } from './application-fields.tsx'
import { AddCertificate, type CertificateFields, CertificateList } from './certificates-section.tsx'
import './programme.css'

type Invitation = z.output<typeof joinApi.join.response>

/** For whoever holds a link of invitation and has no account: the token stands behind the #, which no server sees. */
export function Component() {
  const t = useWords('programme')
  const token = useLocation().hash.slice(1)
  const query = useQuery({
    queryKey: ['programme', 'join', token],
    queryFn: ({ signal }) => call(joinApi.join, { body: { token }, signal }),
    enabled: token !== '',
    retry: false,
  })
  return (
    <main className="pg-join">
      <div className="pg-join-head">
        <img src="/logo.svg" alt="" width={36} height={36} />
        <div>
          <b>{t('ui:product')}</b>
          <div className="ls-quiet">{t('ui:productLine')}</div>
        </div>
      </div>
      <h1>{t('join.title')}</h1>
      {token === '' ? (
        <Notice kind="info" title={t('join.noLink')} text={t('join.noLinkText')} />
      ) : query.error ? (
        <Notice kind="error" title={errorText(query.error, t)} />
      ) : (
        <Loaded query={query}>
          {(invitation) => (invitation.open ? <Apply token={token} invitation={invitation} /> : <State invitation={invitation} />)}
        </Loaded>
      )}
    </main>
  )
}

function State({ invitation }: { invitation: Invitation }) {
  const t = useWords('programme')
  const { state, buyerName, reason } = invitation
  const admitted = state === 'admitted' || state === 'suspended'
  return (
    <Notice
      kind={admitted ? 'success' : 'info'}
      title={t('join.state')}
      text={t(`join.stateText.${state}`, { buyer: buyerName, reason: reason ?? '' })}
      action={
        admitted && (
          <Link to="/log-in">
            <Button type="primary">{t('join.toLogIn')}</Button>
          </Link>
        )
      }
    />
  )
}

interface Values extends ApplicationValues {
  login: string
  password: string
  again: string
}

const fieldOfCode = { 'access.loginTaken': 'login', 'access.weakPassword': 'password' }

function Apply({ token, invitation }: { token: string; invitation: Invitation }) {
  const t = useWords('programme')
  const [form] = Form.useForm<Values>()
  const [failure, setFailure] = useState<unknown>()
  const [done, setDone] = useState<string>()
  const apply = useMutation({
    mutationFn: ({ login, password, again: _, consent: __, ...values }: Values) =>
      call(joinApi.joinApply, { body: { ...applicationOf(values), token, login, password, consent: true } }),
    onSuccess: (_, { login }) => setDone(login),
    onError: (error) => setFailure(showAtFields(form, error, fieldOfCode, t) ? undefined : error),
  })
  if (done !== undefined)
    return <Notice kind="success" title={t('join.done')} text={t('join.doneText', { buyer: invitation.buyerName, login: done })} />
  const { appliedAt: _, ...before } = invitation.application ?? { appliedAt: '' }
  const { name, contactName, contactPhone, contactEmail, delivers } = invitation
  return (
    <>
      <p>{t('join.lead', { buyer: invitation.buyerName, name })}</p>
      <p className="ls-quiet">
        {t('join.until', { at: formatDateTime(invitation.expiresAt) })} {t('creditCode')} {invitation.creditCode}
      </p>
      {invitation.reason && (
        <Alert type="warning" showIcon className="ls-form-failure" title={t('join.reasonShown', { reason: invitation.reason })} />
      )}
      <Certificates token={token} invitation={invitation} />
      <Form<Values>
        form={form}
        layout="vertical"
        scrollToFirstError
        initialValues={{ name, contactName, contactPhone, contactEmail, delivers, ...before }}
        onFinish={(values) => {
          setFailure(undefined)
          apply.mutate(values)
        }}
      >
        <Section title={t('join.step.facts')}>
          <ApplicationFields />
        </Section>
        <Section title={t('join.step.account')}>
          <Account minLength={invitation.minPasswordLength} />
        </Section>
        <ConsentField />
        {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
        <Button type="primary" htmlType="submit" size="large" loading={apply.isPending}>
          {t('join.submit')}
        </Button>
      </Form>
    </>
  )
}

function Account({ minLength }: { minLength: number }) {
  const t = useWords('programme')
  const same = ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
    validator: async (_: unknown, value: unknown) =>
      value === getFieldValue('password') ? undefined : Promise.reject(new Error(t('join.passwordsDiffer'))),
  })
  return (
    <>
      <Form.Item name="login" label={t('join.login')} extra={t('join.loginHint')} rules={[{ required: true }]}>
        <Input maxLength={60} autoComplete="username" autoCapitalize="none" spellCheck={false} />
      </Form.Item>
      <div className="pg-two">
        <Form.Item
          name="password"
          label={t('join.password')}
          extra={t('join.passwordHint', { n: minLength })}
          rules={[{ required: true }, { min: minLength, message: t('join.passwordHint', { n: minLength }) }]}
        >
          <Input.Password maxLength={200} autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="again" label={t('join.passwordAgain')} dependencies={['password']} rules={[{ required: true }, same]}>
          <Input.Password maxLength={200} autoComplete="new-password" />
        </Form.Item>
      </div>
    </>
  )
}

function Certificates({ token, invitation }: { token: string; invitation: Invitation }) {
  const t = useWords('programme')
  const client = useQueryClient()
  const [adding, setAdding] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: ['programme', 'join', token] })
  const send = async (query: CertificateFields, file: File) => {
    const headers = { ...fileHeaders(), authorization: `Bearer ${token}` }
    const answer = await fetch(apiUrl(joinApi.joinCertificate, { query }), { method: 'POST', headers, body: file })
    if (!answer.ok) throw await errorOf(answer)
    await refresh()
  }
  return (
    <Section title={t('join.step.certificates')} extra={<Button onClick={() => setAdding(true)}>{t('certificates.add')}</Button>}>
      <CertificateList
        certificates={invitation.certificates}
        remove={async ({ id }) => {
          await call(joinApi.joinRemoveCertificate, { body: { token, id } })
          await refresh()
        }}
      />
      {adding && <AddCertificate send={send} onClose={() => setAdding(false)} />}
    </Section>
  )
}
