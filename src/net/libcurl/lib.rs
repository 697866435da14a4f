// SPDX-License-Identifier: MIT
pub use curl_sys::*;
