// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

interface Token {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
}

/// Makes calls for its owner: all of them, in time and for at least what was asked, or none.
///
/// It pays with what it holds, so it is sent what a bundle spends before it is asked to execute it,
/// and keeps what a bundle leaves. It approves nothing, answers no callback, and nobody but its
/// owner can have it do anything.
contract Executor {
    /// One call, with what it sends of the native coin.
    struct Call {
        address target;
        uint256 value;
        bytes data;
    }

    error NotOwner();
    error Late(uint256 deadline);
    error NoCode(address target);
    error Refused(address target);
    error TooLittle(uint256 before, uint256 afterwards, uint256 leastOut);

    address public immutable owner = msg.sender;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    /// The native coin may come in: what a wrapped one is unwrapped to.
    receive() external payable {}

    /// Makes the calls in order, not after the deadline, and only if `account` then holds at least
    /// `leastOut` more of `token` than before.
    function execute(
        Call[] calldata calls,
        address token,
        address account,
        uint256 leastOut,
        uint256 deadline
    ) external payable onlyOwner {
        if (deadline < block.timestamp) revert Late(deadline);
        uint256 before = Token(token).balanceOf(account);
        for (uint256 at = 0; at < calls.length; at++) {
            make(calls[at].target, calls[at].value, calls[at].data);
        }
        uint256 afterwards = Token(token).balanceOf(account);
        if (afterwards < before + leastOut) revert TooLittle(before, afterwards, leastOut);
    }

    /// Sends what this contract holds of a token; of the native coin, where the token is nobody's.
    function withdraw(address token, address to, uint256 amount) external onlyOwner {
        if (token == address(0)) {
            (bool done, ) = to.call{value: amount}("");
            if (!done) revert Refused(to);
        } else {
            make(token, 0, abi.encodeCall(Token.transfer, (to, amount)));
        }
    }

    /// Makes one call, which must answer nothing or true: a token may answer neither, a pair
    /// answers nothing, and where nobody is there is no answer either.
    function make(address target, uint256 value, bytes memory data) private {
        if (target.code.length == 0) revert NoCode(target);
        (bool done, bytes memory answer) = target.call{value: value}(data);
        if (!done) {
            if (answer.length == 0) revert Refused(target);
            // The reason that it gave.
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
        if (answer.length != 0 && !abi.decode(answer, (bool))) revert Refused(target);
    }
}
