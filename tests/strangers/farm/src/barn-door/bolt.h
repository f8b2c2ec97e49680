/* SPDX-License-Identifier: Apache-2.0 */
int bolt(int wide);
