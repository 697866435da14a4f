// SPDX-License-Identifier: MIT
pub use blazesym_c::*;
