// A receivable from consent to paid and back, with xero-node as its own documentation uses it.
// Nothing here knows that Xero is an emulator; see reach-fauxero.cjs for what does.
"use strict";
const assert = require("node:assert/strict");
const https = require("node:https");
const { XeroClient } = require("xero-node");

// The person at the browser: follows the link, and is sent back (fauxero serve --auto-approve).
function consent(url) {
  return new Promise((resolve, reject) => {
    https
      .get(url, (answer) => {
        answer.resume();
        resolve(answer.headers.location);
      })
      .once("error", reject);
  });
}

async function connect() {
  const xero = new XeroClient({
    clientId: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
    redirectUris: ["http://localhost/callback"],
    scopes: (
      "openid profile email offline_access accounting.settings accounting.contacts " +
      "accounting.invoices accounting.payments"
    ).split(" "),
    state: "a-state",
  });
  await xero.initialize(); // reads https://identity.xero.com/.well-known/openid-configuration
  const backTo = await consent(await xero.buildConsentUrl());
  const tokens = await xero.apiCallback(backTo); // checks the id token's RS256 signature
  assert.equal(tokens.claims().email, "demo.user@fauxero.invalid");
  return xero;
}

async function bill(xero, tenantId) {
  const api = xero.accountingApi;
  const accounts = (await api.getAccounts(tenantId)).body.accounts;
  const sales = accounts.find((account) => account.type === "REVENUE" || account.type === "SALES");
  const bank = accounts.find((account) => account.type === "BANK");
  const contacts = (await api.createContacts(tenantId, { contacts: [{ name: "Ann Archer" }] })).body;
  const [contact] = contacts.contacts;
  const invoice = {
    type: "ACCREC",
    status: "AUTHORISED",
    invoiceNumber: "N-1",
    contact: { contactID: contact.contactID },
    date: "2026-03-01",
    dueDate: "2026-03-15",
    lineItems: [
      { description: "Unit A12", quantity: 1, unitAmount: 100, accountCode: sales.code },
    ],
  };
  const [made] = (await api.createInvoices(tenantId, { invoices: [invoice] })).body.invoices;
  const payment = {
    invoice: { invoiceID: made.invoiceID },
    account: { accountID: bank.accountID },
    date: "2026-03-02",
    amount: made.total,
  };
  const [paid] = (await api.createPayments(tenantId, { payments: [payment] })).body.payments;
  return { invoiceID: made.invoiceID, paymentID: paid.paymentID };
}

async function main() {
  const xero = await connect();
  const [tenant] = await xero.updateTenants();
  console.log("connected to", tenant.tenantName);
  const { invoiceID, paymentID } = await bill(xero, tenant.tenantId);
  const read = async () =>
    (await xero.accountingApi.getInvoice(tenant.tenantId, invoiceID)).body.invoices[0];
  assert.equal((await read()).status, "PAID");
  await xero.accountingApi.deletePayment(tenant.tenantId, paymentID, { status: "DELETED" });
  assert.equal((await read()).status, "AUTHORISED");
  const before = xero.readTokenSet().access_token;
  await xero.refreshToken();
  assert.notEqual(xero.readTokenSet().access_token, before);
  assert.equal((await read()).amountDue, (await read()).total);
  await xero.disconnect(tenant.id);
  assert.deepEqual(await xero.updateTenants(false), []);
  await xero.revokeToken();
  console.log("paid, taken back, refreshed, disconnected, revoked");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
