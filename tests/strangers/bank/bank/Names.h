/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#define LEDGER_CONNECTION "ledger.connection"
#define ARCHIVE_CONNECTION "archive.connection"
